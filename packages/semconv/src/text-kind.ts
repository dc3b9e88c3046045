/** What a text is, which decides how it is redacted; {@link TEXT_KINDS} says what becomes of each. */
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

/** What a kind of text is and what a span shows of it, as Markdown for the documents. */
export interface TextKindDefinition {
  readonly kind: TextKind;
  readonly meaning: string;
  /** What a span shows by default. */
  readonly shown: string;
  /** The switch that lets more through; absent if there is none. */
  readonly allowedBy?: string;
  /** What the switch lets through. */
  readonly allowed?: string;
  /** Where such texts are besides registered attributes. */
  readonly elsewhere?: string;
}

/** The kind of a text that no registry names: the most careful one. */
export const UNREGISTERED_TEXT: TextKind = 'data';

/** Every kind of text, from the one that stays to the one that is hidden. */
export const TEXT_KINDS: readonly TextKindDefinition[] = [
  {
    kind: 'code',
    meaning:
      'Written by Planscope, an engine or the program, independent of the data: enumerations, hashes, names of rules',
    shown: 'stays as it is',
    elsewhere: 'names of spans',
  },
  {
    kind: 'identifier',
    meaning: 'Names of columns, tables and functions, as the query writes them',
    shown: 'stays; a name that is not among those of the report is `?1`, `?2`, …',
    allowedBy: '`privacy.planLiterals`',
    allowed: 'all names',
    elsewhere: 'names of query spans',
  },
  {
    kind: 'path',
    meaning: 'Paths of files and objects, one or several',
    shown: 'stays; URLs among the paths are cleaned as `url`',
  },
  {
    kind: 'url',
    meaning: 'A URL or a path',
    shown: 'scheme, host and path stay; user, password, fragment and unknown query parameters are gone',
  },
  {
    kind: 'sql',
    meaning: 'The text of a query',
    shown: 'literals are `?1`, `?2`, …; comments are gone',
    allowedBy: '`privacy.sqlLiterals`',
    allowed: 'the text as it was written: literals, comments, passwords in `SET`, `ATTACH`, `CREATE SECRET`',
  },
  {
    kind: 'plan',
    meaning: 'Plans, diffs, descriptions of operators',
    shown: 'literals are `?1`, `?2`, …; names that are not among those of the report, too',
    allowedBy: '`privacy.planLiterals`',
    allowed:
      'the literals of the query, values that filters took from the data while it ran, pivoted values, automatic column names',
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
    meaning: 'Names that an engine may make from values: pivoted columns, automatic column names',
    shown: 'the names of the report stay; all others are `?1`, `?2`, …',
    allowedBy: '`privacy.planLiterals`',
    allowed: 'all names',
  },
  {
    kind: 'message',
    meaning: 'Messages and stacks of errors',
    shown: 'a message of a known form without its values, else the class of the error',
    allowedBy: '`privacy.errorMessages`',
    allowed: 'all of it: values that could not be converted, duplicate keys, lines of files, parts of the query',
    elsewhere: 'the status of a span, its `exception` events',
  },
  {
    kind: 'data',
    meaning: 'Values and rows, and each text of an engine that no registry names',
    shown: 'hidden, or not looked at',
    allowedBy: '[one for each](#values-and-rows)',
    allowed: 'what the program asks for',
  },
];
