/**
 * The words of an engine: what in its SQL, its plans and its errors is language and no data. What no list has is a name or
 * data, and goes the way of those: a word that is missing hides more, never less. Case does not matter, except in
 * `errors`.
 */
export interface SqlDialect {
  /** All keywords of its SQL, reserved or not; default those that the standard reserves. */
  readonly keywords?: readonly string[];
  /** All names of its types; default those of the standard. */
  readonly types?: readonly string[];
  /** Functions that every installation has; `json_*` stands for all that begin so. Default none. */
  readonly functions?: readonly string[];
  /** Words that its plans display where a literal may stand, but that are none. Default none. */
  readonly planWords?: readonly string[];
  /** Options of `COPY`, `ATTACH` and `CREATE SECRET` whose values are words or names: `FORMAT parquet`. Default none. */
  readonly wordOptions?: readonly string[];
  /** Pragmas whose arguments are names. Default none. */
  readonly namePragmas?: readonly string[];
  /** The messages of its errors; without them an error is described by its class alone. */
  readonly errors?: DialectErrors;
}

/** The messages of an engine's errors. */
export interface DialectErrors {
  /**
   * The classes that its messages begin with, before `Error:`, as in `Conversion Error: …`. Without any, a message begins with
   * its template.
   */
  readonly classes?: readonly string[];
  /** Words that a driver puts before the message of the engine. */
  readonly prefixes?: readonly string[];
  /** Words between the class and the message, in which one error reports another. */
  readonly wrappings?: readonly string[];
  /**
   * The shapes of its messages; where one begins like another, the longer stands first. What may hold data is a slot in braces,
   * which says what may stand there: `value` nothing; `name` a plain name that the query writes or the
   * message points to; `written` the same, unless the message points to something else; `pointed` one that the message
   * points to; `stored` any plain name, as it is one of the catalog; `type`, `number`, `keyword`, `path`; `expression`
   * an expression without its literals. What follows a template is dropped.
   */
  readonly templates: readonly string[];
}
