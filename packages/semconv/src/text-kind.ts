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

/** What a kind of text is and what a span shows of it, as the documents say it. */
export interface TextKindDefinition {
  readonly kind: TextKind;
  readonly meaning: string;
  /** What a span shows by default. */
  readonly shown: string;
  /** The switch that lets more through. */
  readonly allowedBy: string;
  /** What the switch lets through. */
  readonly allowed: string;
}

/** The kind of a text that no registry names: the most careful one. */
export const UNREGISTERED_TEXT: TextKind = 'data';

/** Every kind of text, from the one that stays to the one that is hidden. */
export const TEXT_KINDS: readonly TextKindDefinition[] = [
  {
    kind: 'code',
    meaning: 'Written by Planscope, an engine or the program, whatever the data: enumerations, hashes, names of rules',
    shown: 'as it is',
    allowedBy: 'none',
    allowed: '',
  },
  {
    kind: 'identifier',
    meaning: 'Names of columns, tables and functions, as the query writes them',
    shown: 'as it is; if the report lists its names, other names are `?1`, `?2`, …',
    allowedBy: '`privacy.planLiterals`',
    allowed: 'all names',
  },
  {
    kind: 'path',
    meaning: 'Paths of files and objects, one or several',
    shown: 'the paths; URLs among them without user, password, fragment and unknown query parameters',
    allowedBy: 'none',
    allowed: '',
  },
  {
    kind: 'url',
    meaning: 'One URL',
    shown: 'without user, password, fragment and unknown query parameters; the path stays',
    allowedBy: 'none',
    allowed: '',
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
    meaning: 'Plans, their differences, descriptions of operators',
    shown: 'literals are `?1`, `?2`, …; if the report lists its names, other names, too',
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
    shown: 'names that the report lists stay, all others are `?1`, `?2`, …',
    allowedBy: '`privacy.planLiterals`',
    allowed: 'all names',
  },
  {
    kind: 'message',
    meaning: 'Messages of errors',
    shown: 'a message of a known form without its values, else the class of the error',
    allowedBy: '`privacy.errorMessages`',
    allowed: 'all of it: values that could not be converted, duplicate keys, lines of files, parts of the query',
  },
  {
    kind: 'data',
    meaning: 'Values and rows, and each text that an engine reports and no registry names',
    shown: 'nothing, unless the program asks for it',
    allowedBy: '`parameterValues`, `preview.limit`, custom fields; `redaction.data` of `operatorReportRecorder`',
    allowed: 'what the program asks for',
  },
];
