import type { TextKind } from './text-kind.ts';

export const FIELD_NAME = 'name';
export const FIELD_TABLE = 'table';
export const FIELD_FILES = 'files';
export const FIELD_LOCATION = 'location';
export const FIELD_FORMAT = 'format';
export const FIELD_FUNCTION = 'function';
export const FIELD_COLUMNS = 'columns';
export const FIELD_PROJECTIONS = 'projections';
export const FIELD_FILTER = 'filter';
export const FIELD_JOIN_TYPE = 'join_type';
export const FIELD_JOIN_KEYS = 'join_keys';
export const FIELD_GROUP_KEYS = 'group_keys';
export const FIELD_AGGREGATES = 'aggregates';
export const FIELD_ORDER_BY = 'order_by';
export const FIELD_EXPRESSIONS = 'expressions';
export const FIELD_LIMIT = 'limit';
export const FIELD_OFFSET = 'offset';
export const FIELD_ESTIMATED_ROWS = 'estimated_rows';
export const FIELD_SQL = 'sql';
/** Shown without its key. */
export const FIELD_DETAIL = 'detail';

/** A field in the description of a plan node, for every engine and every kind of plan. */
export interface NodeFieldDefinition {
  /** The key, which precedes the text in the one-line display of a node. */
  readonly key: string;
  /** Kind of the text, which alone determines its redaction. */
  readonly text: TextKind;
  /** Whether it compares columns with columns, so that names without quotes are kept on both sides. Default: false. */
  readonly comparesColumns?: boolean;
  readonly meaning: string;
}

/** The fields with a fixed meaning. Engines may have other fields, each with its kind of text. */
export const NODE_FIELDS: readonly NodeFieldDefinition[] = [
  {
    key: FIELD_NAME,
    text: 'identifier',
    meaning: 'Name of the view, the output or the common table expression.',
  },
  { key: FIELD_TABLE, text: 'identifier', meaning: 'Table that is read or written.' },
  { key: FIELD_FILES, text: 'path', meaning: 'Files that are read or written.' },
  { key: FIELD_LOCATION, text: 'url', meaning: 'URL or path of an object, or a pattern of them.' },
  { key: FIELD_FORMAT, text: 'code', meaning: 'Format of files: `parquet`, `csv`, …' },
  { key: FIELD_FUNCTION, text: 'code', meaning: 'Function that produces the rows, for example `READ_PARQUET`.' },
  { key: FIELD_COLUMNS, text: 'identifier', meaning: 'Columns that are read or returned.' },
  {
    key: FIELD_PROJECTIONS,
    text: 'name_of_data',
    meaning: 'Columns or expressions in the output, named by the engine.',
  },
  {
    key: FIELD_FILTER,
    text: 'expression',
    meaning: 'Condition that rows must meet; if there are several, all of them.',
  },
  { key: FIELD_JOIN_TYPE, text: 'code', meaning: 'Type of a join, for example `INNER`.' },
  { key: FIELD_JOIN_KEYS, text: 'expression', comparesColumns: true, meaning: 'Conditions of a join.' },
  { key: FIELD_GROUP_KEYS, text: 'expression', meaning: 'Keys by which rows are grouped.' },
  { key: FIELD_AGGREGATES, text: 'expression', meaning: 'Aggregates that are computed.' },
  { key: FIELD_ORDER_BY, text: 'expression', meaning: 'Keys by which rows are sorted.' },
  { key: FIELD_EXPRESSIONS, text: 'expression', meaning: 'Other expressions that are computed.' },
  { key: FIELD_LIMIT, text: 'code', meaning: 'Maximum number of rows.' },
  { key: FIELD_OFFSET, text: 'code', meaning: 'Number of rows to skip.' },
  { key: FIELD_ESTIMATED_ROWS, text: 'code', meaning: 'Output rows that the planner estimated.' },
  { key: FIELD_SQL, text: 'sql', meaning: 'The query that the node computes.' },
  {
    key: FIELD_DETAIL,
    text: 'plan',
    meaning: "The engine's own description of the node; shown without its key.",
  },
];

const definitions = new Map(NODE_FIELDS.map((definition) => [definition.key, definition]));

/** The definition of a field with a fixed meaning; undefined for an engine's own field. */
export function nodeFieldDefinition(key: string): NodeFieldDefinition | undefined {
  return definitions.get(key);
}
