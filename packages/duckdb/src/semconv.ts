import type { AttributeDefinition, AttributeType, SemanticSchema } from '@planscope/semconv';

export const ATTR_DUCKDB_VERSION = 'duckdb.version';
export const ATTR_DUCKDB_OPERATOR_TYPE = 'duckdb.operator.type';
export const ATTR_DUCKDB_JOIN_TYPE = 'duckdb.join.type';
export const ATTR_DUCKDB_JOIN_CONDITIONS = 'duckdb.join.conditions';
export const ATTR_DUCKDB_FILTERS = 'duckdb.filters';
export const ATTR_DUCKDB_DYNAMIC_FILTERS = 'duckdb.dynamic_filters';
export const ATTR_DUCKDB_PROJECTIONS = 'duckdb.projections';
export const ATTR_DUCKDB_EXPRESSIONS = 'duckdb.expressions';
export const ATTR_DUCKDB_GROUPS = 'duckdb.groups';
export const ATTR_DUCKDB_AGGREGATES = 'duckdb.aggregates';
export const ATTR_DUCKDB_ORDER_BY = 'duckdb.order_by';
export const ATTR_DUCKDB_LIMIT = 'duckdb.limit';
export const ATTR_DUCKDB_OFFSET = 'duckdb.offset';
export const ATTR_DUCKDB_FUNCTION = 'duckdb.function';
export const ATTR_DUCKDB_TABLE = 'duckdb.table';
export const ATTR_DUCKDB_SCAN_TYPE = 'duckdb.scan.type';
export const ATTR_DUCKDB_FILES = 'duckdb.files';
export const ATTR_DUCKDB_FILE_COUNT = 'duckdb.file_count';
export const ATTR_DUCKDB_RESULT_SET_SIZE = 'duckdb.result_set_size';
export const ATTR_DUCKDB_ROWS_SCANNED = 'duckdb.rows_scanned';
export const ATTR_DUCKDB_ESTIMATE_FACTOR = 'duckdb.estimate_factor';

export const METRIC_PEAK_TEMPORARY_STORAGE = 'peak_temporary_storage';
export const METRIC_BLOCKED_TIME = 'blocked_time';
export const METRIC_WRITE_REQUESTS = 'write_requests';

const INFO_PREFIX = 'duckdb.info.';

/** The key for what DuckDB tells of an operator under a title that has no key of its own: `CTE Name` is `duckdb.info.cte_name`. */
export function duckdbInfoKey(title: string): string {
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return INFO_PREFIX + name.replace(/^_|_$/g, '');
}

function operator(key: string, type: AttributeType, meaning: string, unit?: string): AttributeDefinition {
  return { key, type, ...(unit === undefined ? {} : { unit }), meaning, spans: ['operator'], setBy: ['duckdb'] };
}

/** The names that only DuckDB's spans have. Texts are recorded with their literals replaced. */
export const duckdbSchema: SemanticSchema = {
  scope: 'duckdb',
  spans: [],
  attributes: [
    {
      key: ATTR_DUCKDB_VERSION,
      type: 'string',
      meaning: 'Version of the DuckDB library.',
      spans: ['operator', 'query'],
      setBy: ['duckdb'],
    },
    operator(ATTR_DUCKDB_OPERATOR_TYPE, 'string', "DuckDB's kind of the operator, for example `TABLE_SCAN`."),
    operator(ATTR_DUCKDB_JOIN_TYPE, 'string', 'Kind of join, for example `INNER`.'),
    operator(ATTR_DUCKDB_JOIN_CONDITIONS, 'string[]', 'Conditions of a join.'),
    operator(ATTR_DUCKDB_FILTERS, 'string[]', 'Filters that a scan applied.'),
    operator(ATTR_DUCKDB_DYNAMIC_FILTERS, 'string[]', 'Filters that came up while the query ran.'),
    operator(ATTR_DUCKDB_PROJECTIONS, 'string[]', 'Columns or expressions the operator put out.'),
    operator(ATTR_DUCKDB_EXPRESSIONS, 'string[]', 'Expressions of a filter.'),
    operator(ATTR_DUCKDB_GROUPS, 'string[]', 'Keys of an aggregation.'),
    operator(ATTR_DUCKDB_AGGREGATES, 'string[]', 'Aggregates of an aggregation.'),
    operator(ATTR_DUCKDB_ORDER_BY, 'string[]', 'Keys of an ordering.'),
    operator(ATTR_DUCKDB_LIMIT, 'int', 'Most rows let through.', '{row}'),
    operator(ATTR_DUCKDB_OFFSET, 'int', 'Rows left out first.', '{row}'),
    operator(ATTR_DUCKDB_FUNCTION, 'string', 'Function that a scan reads with, for example `READ_PARQUET`.'),
    operator(ATTR_DUCKDB_TABLE, 'string', 'Table that a scan reads.'),
    operator(ATTR_DUCKDB_SCAN_TYPE, 'string', 'How a table is scanned, for example `Sequential Scan`.'),
    operator(ATTR_DUCKDB_FILES, 'string', 'Files a scan read, as DuckDB lists them: the first five.'),
    operator(ATTR_DUCKDB_FILE_COUNT, 'int', 'Files a scan read.', '{file}'),
    operator(
      ATTR_DUCKDB_RESULT_SET_SIZE,
      'int',
      'Fixed-width part of the rows the operator put out as they lie in memory; long strings and lists are not counted.',
      'By',
    ),
    operator(
      ATTR_DUCKDB_ROWS_SCANNED,
      'int',
      "DuckDB's own counter, which on Parquet and CSV counts rows several times: no measure of rows read.",
      '{row}',
    ),
    operator(
      ATTR_DUCKDB_ESTIMATE_FACTOR,
      'double',
      'By what factor estimated and actual rows differ, from 1 up; less than one row counts as one.',
    ),
    operator(`${INFO_PREFIX}*`, 'string[]', 'What else DuckDB tells of the operator, under its title in lower case.'),
  ],
  operatorMetrics: [
    {
      name: METRIC_PEAK_TEMPORARY_STORAGE,
      type: 'gauge',
      unit: 'By',
      meaning: "Most that lay in the instance's temporary folder while the query ran; above zero it spilled.",
    },
    { name: METRIC_BLOCKED_TIME, type: 'time', unit: 'ns', meaning: 'Time that threads waited.' },
    { name: METRIC_WRITE_REQUESTS, type: 'count', unit: '{request}', meaning: 'Single writes behind `bytes_written`.' },
  ],
  metrics: [],
};
