/** The kind of a text, which determines its redaction; see {@link TEXT_KINDS}. */
export type TextKind =
  | 'code'
  | 'identifier'
  | 'name_of_data'
  | 'expression'
  | 'sql'
  | 'plan'
  | 'path'
  | 'url'
  | 'message'
  | 'data';

/** A kind of text and how spans show it, as Markdown for the documents. */
export interface TextKindDefinition {
  readonly kind: TextKind;
  readonly meaning: string;
  /** What a span shows by default. */
  readonly shown: string;
  /** The option that shows more; absent if there is none. */
  readonly allowedBy?: string;
  /** What the option shows. */
  readonly allowed?: string;
  /** Where such texts occur besides registered attributes. */
  readonly elsewhere?: string;
}

/** The kind of a text that is in no registry: the most restrictive one. */
export const UNREGISTERED_TEXT: TextKind = 'data';

/** All kinds of texts, from the one that is kept to the one that is hidden. */
export const TEXT_KINDS: readonly TextKindDefinition[] = [
  {
    kind: 'code',
    meaning:
      'Written by Planscope, an engine or the program, independent of the data: enumerations, hashes, names of rules',
    shown: 'unchanged',
    elsewhere: 'names of spans',
  },
  {
    kind: 'identifier',
    meaning: 'Names of columns, tables and functions in the query',
    shown: 'unchanged; a name that the report does not list is `?1`, `?2`, …',
    allowedBy: '`privacy.planLiterals`',
    allowed: 'all names',
    elsewhere: 'names of query spans',
  },
  {
    kind: 'path',
    meaning: 'Paths of files and objects, one or several',
    shown: 'unchanged, except that URLs are redacted like `url`',
  },
  {
    kind: 'url',
    meaning: 'A URL or a path',
    shown: 'scheme, host and path; user, password, fragment and unknown query parameters are removed',
  },
  {
    kind: 'sql',
    meaning: 'The text of a query',
    shown: 'literals are `?1`, `?2`, …; comments are removed',
    allowedBy: '`privacy.sqlLiterals`',
    allowed: 'the original text: literals, comments, passwords in `SET`, `ATTACH`, `CREATE SECRET`',
  },
  {
    kind: 'plan',
    meaning: 'Plans, diffs, descriptions of operators',
    shown: 'literals are `?1`, `?2`, …, as are names that the report does not list',
    allowedBy: '`privacy.planLiterals`',
    allowed:
      'the literals of the query, values that filters took from the data at run time, pivoted values, automatic column names',
  },
  {
    kind: 'expression',
    meaning: 'Filters, conditions, aggregates and other parts of a plan',
    shown: 'as `plan`',
    allowedBy: '`privacy.planLiterals`',
    allowed: 'as `plan`',
  },
  {
    kind: 'name_of_data',
    meaning: 'Names that an engine may create from values: pivoted columns, automatic column names',
    shown: 'names that the report lists; all others are `?1`, `?2`, …',
    allowedBy: '`privacy.planLiterals`',
    allowed: 'all names',
  },
  {
    kind: 'message',
    meaning: 'Messages and stacks of errors',
    shown: 'a message with a known template, without its values; else the class of the error',
    allowedBy: '`privacy.errorMessages`',
    allowed: 'the whole text: values that could not be converted, duplicate keys, lines of files, parts of the query',
    elsewhere: 'the status of a span, its `exception` events or log records',
  },
  {
    kind: 'data',
    meaning: 'Values and rows, and all texts of an engine that are in no registry',
    shown: 'hidden, or not read',
    allowedBy: '[one for each](#values-and-rows)',
    allowed: 'what the program requests',
  },
];
