import type { SemanticSchema, TextAttributeDefinition, ValueAttributeDefinition } from '@planscope/semconv';
import { duckdbWarnings } from './warnings/warning-definitions.ts';

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
export const ATTR_DUCKDB_TABLE_FORMAT = 'duckdb.table_format';
export const ATTR_DUCKDB_RESULT_SET_SIZE = 'duckdb.result_set_size';
export const ATTR_DUCKDB_ROWS_SCANNED = 'duckdb.rows_scanned';
export const ATTR_DUCKDB_ESTIMATE_FACTOR = 'duckdb.estimate_factor';

export const METRIC_PEAK_TEMPORARY_STORAGE = 'peak_temporary_storage';
export const METRIC_WRITE_REQUESTS = 'write_requests';
export const METRIC_CATALOGUE_QUERIES = 'catalogue_queries';
export const METRIC_CATALOGUE_TIME = 'catalogue_time';

const INFO_PREFIX = 'duckdb.info.';

/** The key for what DuckDB reports about an operator under a title without its own key: `CTE Name` is `duckdb.info.cte_name`. */
export function duckdbInfoKey(title: string): string {
  return INFO_PREFIX + duckdbFieldKey(title);
}

/** The key of a field for such a title: `CTE Name` is `cte_name`. */
export function duckdbFieldKey(title: string): string {
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return name.replace(/^_|_$/g, '');
}

function operator(
  key: string,
  type: ValueAttributeDefinition['type'],
  meaning: string,
  unit?: string,
): ValueAttributeDefinition {
  return { key, type, ...(unit === undefined ? {} : { unit }), meaning, spans: ['operator'], setBy: ['duckdb'] };
}

type OperatorText = Pick<TextAttributeDefinition, 'type' | 'text' | 'comparesColumns'>;

function operatorText(key: string, kind: OperatorText, meaning: string): TextAttributeDefinition {
  return { key, ...kind, meaning, spans: ['operator'], setBy: ['duckdb'] };
}

const code: OperatorText = { type: 'string', text: 'code' };
const expressions: OperatorText = { type: 'string[]', text: 'expression' };

/** The names that only DuckDB's spans have. */
export const duckdbSchema: SemanticSchema = {
  scope: 'duckdb',
  spans: [],
  attributes: [
    {
      key: ATTR_DUCKDB_VERSION,
      type: 'string',
      text: 'code',
      meaning: 'Version of the DuckDB library.',
      spans: ['operator', 'query'],
      setBy: ['duckdb'],
    },
    operatorText(ATTR_DUCKDB_OPERATOR_TYPE, code, "DuckDB's kind of the operator, for example `TABLE_SCAN`."),
    operatorText(ATTR_DUCKDB_JOIN_TYPE, code, 'Kind of join, for example `INNER`.'),
    operatorText(ATTR_DUCKDB_JOIN_CONDITIONS, { ...expressions, comparesColumns: true }, 'Conditions of a join.'),
    operatorText(ATTR_DUCKDB_FILTERS, expressions, 'Filters that a scan applied.'),
    operatorText(ATTR_DUCKDB_DYNAMIC_FILTERS, expressions, 'Filters that came up while the query ran.'),
    operatorText(
      ATTR_DUCKDB_PROJECTIONS,
      { type: 'string[]', text: 'name_of_data' },
      'Columns or expressions the operator put out.',
    ),
    operatorText(ATTR_DUCKDB_EXPRESSIONS, expressions, 'Expressions of a filter.'),
    operatorText(ATTR_DUCKDB_GROUPS, expressions, 'Keys of an aggregation.'),
    operatorText(ATTR_DUCKDB_AGGREGATES, expressions, 'Aggregates of an aggregation.'),
    operatorText(ATTR_DUCKDB_ORDER_BY, expressions, 'Keys of an ordering.'),
    operator(ATTR_DUCKDB_LIMIT, 'int', 'Most rows let through.', '{row}'),
    operator(ATTR_DUCKDB_OFFSET, 'int', 'Rows left out first.', '{row}'),
    operatorText(ATTR_DUCKDB_FUNCTION, code, 'Function that a scan reads with, for example `READ_PARQUET`.'),
    operatorText(ATTR_DUCKDB_TABLE, { type: 'string', text: 'identifier' }, 'Table that a scan reads.'),
    operatorText(ATTR_DUCKDB_SCAN_TYPE, code, 'How a table is scanned, for example `Sequential Scan`.'),
    operatorText(
      ATTR_DUCKDB_FILES,
      { type: 'string', text: 'path' },
      'Files a scan read, as DuckDB lists them: the first five.',
    ),
    operatorText(
      ATTR_DUCKDB_TABLE_FORMAT,
      code,
      'Table format of the files a scan read: `delta`, `ducklake` or `iceberg`.',
    ),
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
    operatorText(
      duckdbInfoKey('Table Index'),
      { type: 'string[]', text: 'code' },
      "Number of a common table expression, in DuckDB's own counting.",
    ),
    operatorText(
      duckdbInfoKey('CTE Index'),
      { type: 'string[]', text: 'code' },
      'Number of the common table expression that a scan reads.',
    ),
    operatorText(
      duckdbInfoKey('Delim Index'),
      { type: 'string[]', text: 'code' },
      'Number of the join that removes duplicates for a correlated subquery.',
    ),
    operatorText(
      duckdbInfoKey('CTE Name'),
      { type: 'string[]', text: 'identifier' },
      'Name of a common table expression.',
    ),
    operatorText(
      `${INFO_PREFIX}*`,
      expressions,
      'Anything else that DuckDB reports about the operator, under its title in lower case.',
    ),
  ],
  operatorMetrics: [
    {
      name: METRIC_PEAK_TEMPORARY_STORAGE,
      type: 'gauge',
      unit: 'By',
      meaning: "Most that lay in the instance's temporary folder while the query ran; above zero it spilled.",
    },
    {
      name: METRIC_CATALOGUE_QUERIES,
      type: 'count',
      unit: '{query}',
      meaning: 'Queries of DuckLake to its catalogue while the query ran.',
    },
    {
      name: METRIC_CATALOGUE_TIME,
      type: 'time',
      unit: 'ns',
      meaning: 'Duration of the queries of DuckLake to its catalogue, each to a millisecond.',
    },
    { name: METRIC_WRITE_REQUESTS, type: 'count', unit: '{request}', meaning: 'Single writes behind `bytes_written`.' },
  ],
  metrics: [],
  warnings: duckdbWarnings,
};
