/**
 * The words of an engine: the parts of its SQL, plans and errors that are language, not data. Any other word is a name or
 * data and is treated as such, so a missing word hides more, never less. Case does not matter, except in
 * `errors`.
 */
export interface SqlDialect {
  /** All keywords of its SQL, reserved or not; default those that the standard reserves. */
  readonly keywords?: readonly string[];
  /** All names of its types; default those of the standard. */
  readonly types?: readonly string[];
  /** Functions that every installation has; `json_*` matches all with that prefix. Default none. */
  readonly functions?: readonly string[];
  /** Words that its plans display in place of a literal. Default none. */
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
   * The shapes of its messages; where one begins like another, the longer is first. What may hold data is a slot in braces,
   * which says what may be there: `value` nothing; `name` a plain name that the query writes or the
   * message points to; `written` the same, unless the message points to something else; `pointed` one that the message
   * points to; `stored` any plain name, as it is one of the catalog; `type`, `number`, `keyword`, `path`; `expression`
   * an expression without its literals. What follows a template is dropped.
   */
  readonly templates: readonly string[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** The words that the standard reserves, as of 2016. */
const KEYWORDS = words(`
  abs acos all allocate alter and any are array array_agg array_max_cardinality as asensitive asin asymmetric at atan atomic
  authorization avg begin begin_frame begin_partition between bigint binary blob boolean both by call called cardinality
  cascaded case cast ceil ceiling char char_length character character_length check classifier clob close coalesce collate
  collect column commit condition connect constraint contains convert copy corr corresponding cos cosh count covar_pop
  covar_samp create cross cube cume_dist current current_catalog current_date current_default_transform_group current_path
  current_role current_row current_schema current_time current_timestamp current_transform_group_for_type current_user cursor
  cycle date day deallocate dec decfloat decimal declare default define delete dense_rank deref describe deterministic
  disconnect distinct double drop dynamic each element else empty end end_frame end_partition equals escape every except exec
  execute exists exp external extract false fetch filter first_value float floor for foreign frame_row free from full function
  fusion get global grant group grouping groups having hold hour identity in indicator initial inner inout insensitive insert
  int integer intersect intersection interval into is join json_array json_arrayagg json_exists json_object json_objectagg
  json_query json_table json_table_primitive json_value lag language large last_value lateral lead leading left like
  like_regex listagg ln local localtime localtimestamp log log10 lower match match_number match_recognize matches max member
  merge method min minute mod modifies module month multiset national natural nchar nclob new no none normalize not nth_value
  ntile null nullif numeric occurrences_regex octet_length of offset old omit on one only open or order out outer over overlaps
  overlay parameter partition pattern per percent percent_rank percentile_cont percentile_disc period portion position
  position_regex power precedes precision prepare primary procedure ptf range rank reads real recursive ref references
  referencing regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy release result return
  returns revoke right rollback rollup row row_number rows running savepoint scope scroll search second seek select sensitive
  session_user set show similar sin sinh skip smallint some specific specifictype sql sqlexception sqlstate sqlwarning sqrt
  start static stddev_pop stddev_samp submultiset subset substring substring_regex succeeds sum symmetric system system_time
  system_user table tablesample tan tanh then time timestamp timezone_hour timezone_minute to trailing translate
  translate_regex translation treat trigger trim trim_array true truncate uescape union unique unknown unnest update upper user
  using value value_of values var_pop var_samp varbinary varchar varying versioning when whenever where width_bucket window with
  within without year`);

const TYPES = words(`
  array bigint binary blob boolean char character clob date dec decfloat decimal double float int integer interval json multiset
  nchar nclob numeric precision real row smallint time timestamp varbinary varchar`);

/** The words of standard SQL, of no engine in particular: what is known where no dialect is given. */
export const standardSql: SqlDialect = { keywords: KEYWORDS, types: TYPES };
