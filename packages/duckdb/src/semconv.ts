import {
  ATTR_DUCKDB_OPERATOR_TYPE,
  ATTR_DUCKDB_RESULT_SET_SIZE,
  ATTR_DUCKDB_ROWS_SCANNED,
  DUCKDB_INFO_PREFIX,
  METRIC_LEAST_SPILLED_BYTES,
} from '@planscope/internal/checks/duckdb-keys';
import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  type MetricDefinition,
  type SemanticSchema,
  type TextAttributeDefinition,
  type ValueAttributeDefinition,
} from '@planscope/semconv';
import { duckdbWarnings } from './warnings/warning-definitions.ts';

// The findings read these, too.
export { ATTR_DUCKDB_OPERATOR_TYPE, ATTR_DUCKDB_RESULT_SET_SIZE, ATTR_DUCKDB_ROWS_SCANNED, METRIC_LEAST_SPILLED_BYTES };

export const ATTR_DUCKDB_VERSION = 'duckdb.version';
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
export const ATTR_DUCKDB_ICEBERG_SNAPSHOT = 'duckdb.iceberg.snapshot_id';
export const ATTR_DUCKDB_BYTES_SCANNED = 'duckdb.bytes_scanned';
export const ATTR_DUCKDB_ESTIMATE_FACTOR = 'duckdb.estimate_factor';
export const ATTR_DUCKDB_MEMORY_TAG = 'duckdb.memory.tag';

export const METRIC_READ_TIME = 'read_time';
export const METRIC_WRITE_REQUESTS = 'write_requests';
export const METRIC_WRITE_TIME = 'write_time';
export const METRIC_QUERIES_IN_FLIGHT = 'queries_in_flight';
export const METRIC_MANIFESTS_READ = 'manifests_read';
export const METRIC_CATALOGUE_QUERIES = 'catalogue_queries';
export const METRIC_CATALOGUE_TIME = 'catalogue_time';
export const METRIC_QUERY_MEMORY_LIMIT = 'memory_limit';
export const METRIC_QUERY_TEMPORARY_STORAGE_LIMIT = 'temporary_storage_limit';

export const METRIC_CONNECTION_OPEN_TIME = 'duckdb.connection.open_time';
export const METRIC_MEMORY_USAGE = 'duckdb.memory.usage';
export const METRIC_MEMORY_LIMIT = 'duckdb.memory.limit';
export const METRIC_TEMPORARY_STORAGE_USAGE = 'duckdb.temporary_storage.usage';
export const METRIC_TEMPORARY_STORAGE_LIMIT = 'duckdb.temporary_storage.limit';
export const METRIC_RUNNING_TIME = 'duckdb.query.running_time';
export const METRIC_PROGRESS = 'duckdb.query.progress';
export const METRIC_PROCESSED_ROWS = 'duckdb.query.processed_rows';

/** The attribute key for a DuckDB title that has no key of its own: `CTE Name` becomes `duckdb.info.cte_name`. */
export function duckdbInfoKey(title: string): string {
  return DUCKDB_INFO_PREFIX + duckdbFieldKey(title);
}

/** The field key for such a title: `CTE Name` becomes `cte_name`. */
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

function runningGauge(name: string, unit: string, meaning: string): MetricDefinition {
  const attributes = [ATTR_DB_SYSTEM_NAME, ATTR_DB_OPERATION_NAME, ATTR_DB_QUERY_SUMMARY];
  return { name, instrument: 'gauge', unit, meaning, attributes, setBy: ['duckdb'] };
}

function memoryGauge(name: string, meaning: string, ...attributes: readonly string[]): MetricDefinition {
  const all = [ATTR_DB_SYSTEM_NAME, ATTR_DB_NAMESPACE, ...attributes];
  return { name, instrument: 'gauge', unit: 'By', meaning, attributes: all, setBy: ['duckdb'] };
}

/** The attributes, metrics and warnings that only DuckDB's spans have. */
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
    operatorText(ATTR_DUCKDB_OPERATOR_TYPE, code, "DuckDB's type of the operator, for example `TABLE_SCAN`."),
    operatorText(ATTR_DUCKDB_JOIN_TYPE, code, 'Type of the join, for example `INNER`.'),
    operatorText(ATTR_DUCKDB_JOIN_CONDITIONS, { ...expressions, comparesColumns: true }, 'Conditions of the join.'),
    operatorText(ATTR_DUCKDB_FILTERS, expressions, 'Filters that the scan applied.'),
    operatorText(
      ATTR_DUCKDB_DYNAMIC_FILTERS,
      expressions,
      'Filters that other operators passed to the scan at run time.',
    ),
    operatorText(
      ATTR_DUCKDB_PROJECTIONS,
      { type: 'string[]', text: 'name_of_data' },
      'Columns or expressions in the output of the operator.',
    ),
    operatorText(ATTR_DUCKDB_EXPRESSIONS, expressions, 'Expressions of the filter.'),
    operatorText(ATTR_DUCKDB_GROUPS, expressions, 'Group keys of the aggregation.'),
    operatorText(ATTR_DUCKDB_AGGREGATES, expressions, 'Aggregates of the aggregation.'),
    operatorText(ATTR_DUCKDB_ORDER_BY, expressions, 'Sort keys.'),
    operator(ATTR_DUCKDB_LIMIT, 'int', 'Maximum number of rows.', '{row}'),
    operator(ATTR_DUCKDB_OFFSET, 'int', 'Number of rows to skip.', '{row}'),
    operatorText(ATTR_DUCKDB_FUNCTION, code, 'Table function of the scan, for example `READ_PARQUET`.'),
    operatorText(ATTR_DUCKDB_TABLE, { type: 'string', text: 'identifier' }, 'Table that the scan reads.'),
    operatorText(ATTR_DUCKDB_SCAN_TYPE, code, 'Type of the table scan, for example `Sequential Scan`.'),
    operatorText(
      ATTR_DUCKDB_FILES,
      { type: 'string', text: 'path' },
      "The first five files of the scan, from DuckDB's list.",
    ),
    operatorText(
      ATTR_DUCKDB_TABLE_FORMAT,
      code,
      'Table format of the files a scan read: `delta`, `ducklake` or `iceberg`.',
    ),
    operatorText(
      ATTR_DUCKDB_ICEBERG_SNAPSHOT,
      code,
      'Id of the snapshot of an Iceberg table that a scan read, from the name of its list of manifests.',
    ),
    operator(
      ATTR_DUCKDB_RESULT_SET_SIZE,
      'int',
      'Size in memory of the fixed-width part of the output rows; long strings and lists are not counted.',
      'By',
    ),
    operator(
      ATTR_DUCKDB_ROWS_SCANNED,
      'int',
      "DuckDB's counter of scanned rows. DuckDB 1.5 counts rows of Parquet and CSV files several times, DuckDB 2 leaves out rows of Parquet files that a filter took away, so it is not the number of rows read.",
      '{row}',
    ),
    operator(
      ATTR_DUCKDB_BYTES_SCANNED,
      'int',
      "DuckDB 2's counter of scanned bytes. It counts whole column chunks of Parquet files, also where they were cached, so it is not the number of bytes read.",
      'By',
    ),
    operator(
      ATTR_DUCKDB_ESTIMATE_FACTOR,
      'double',
      'Factor between the estimated and the actual rows, always at least 1; fewer than one row count as one.',
    ),
    operatorText(
      duckdbInfoKey('Table Index'),
      { type: 'string[]', text: 'code' },
      "DuckDB's number for a common table expression.",
    ),
    operatorText(
      duckdbInfoKey('CTE Index'),
      { type: 'string[]', text: 'code' },
      "DuckDB's number for the common table expression that the scan reads.",
    ),
    operatorText(
      duckdbInfoKey('Delim Index'),
      { type: 'string[]', text: 'code' },
      "DuckDB's number for the join that removes duplicates for a correlated subquery.",
    ),
    operatorText(
      duckdbInfoKey('CTE Name'),
      { type: 'string[]', text: 'identifier' },
      'Name of a common table expression.',
    ),
    operatorText(
      `${DUCKDB_INFO_PREFIX}*`,
      expressions,
      "Other information about the operator; the suffix is DuckDB's title in lower case.",
    ),
  ],
  operatorMetrics: [
    {
      name: METRIC_LEAST_SPILLED_BYTES,
      type: 'count',
      unit: 'By',
      meaning:
        'Bytes that the query itself spilled to disk at least: by the counter of DuckDB 2, which misses a part; in DuckDB 1.5, by how much the temporary folder grew, if no other query of the process ran meanwhile.',
    },
    {
      name: METRIC_READ_TIME,
      type: 'time',
      unit: 'ns',
      meaning: 'Time of the calls that make up `read_requests`, summed over threads.',
    },
    {
      name: METRIC_WRITE_REQUESTS,
      type: 'count',
      unit: '{request}',
      meaning: 'Number of write calls that make up `bytes_written`.',
    },
    {
      name: METRIC_WRITE_TIME,
      type: 'time',
      unit: 'ns',
      meaning: 'Time of the calls that make up `write_requests`, summed over threads.',
    },
    {
      name: METRIC_MANIFESTS_READ,
      type: 'count',
      unit: '{manifest}',
      meaning: 'Manifests of an Iceberg table that were read for a scan.',
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
    {
      name: METRIC_QUERY_MEMORY_LIMIT,
      type: 'gauge',
      unit: 'By',
      meaning:
        'The `memory_limit` of the instance, which all its queries share, as DuckDB writes it, to a tenth of KiB, MiB or GiB. Read at most once a second, on the connection of the log; only with `events`.',
    },
    {
      name: METRIC_QUERY_TEMPORARY_STORAGE_LIMIT,
      type: 'gauge',
      unit: 'By',
      meaning: 'Its `max_temp_directory_size`, in the same way, if that is set to a size.',
    },
    {
      name: METRIC_QUERIES_IN_FLIGHT,
      type: 'gauge',
      unit: '{query}',
      meaning:
        'Traced queries of the process that had been sent and not answered when this one was sent, with this one.',
    },
  ],
  metrics: [
    {
      name: METRIC_CONNECTION_OPEN_TIME,
      instrument: 'histogram',
      unit: 's',
      meaning: 'Time to open a connection of a traced driver to its instance.',
      attributes: [ATTR_DB_SYSTEM_NAME, ATTR_ERROR_TYPE],
      setBy: ['duckdb'],
    },
    runningGauge(
      METRIC_RUNNING_TIME,
      's',
      'Time since a query of a traced connection was sent, if over a second; 0 when it is over.',
    ),
    runningGauge(METRIC_PROGRESS, '%', 'Progress of such a query, if DuckDB tracks it.'),
    memoryGauge(
      METRIC_MEMORY_USAGE,
      'Memory that an observed instance holds, by what for: `duckdb_memory()`.',
      ATTR_DUCKDB_MEMORY_TAG,
    ),
    memoryGauge(METRIC_MEMORY_LIMIT, 'Its `memory_limit`, as DuckDB writes it, to a tenth of KiB, MiB or GiB.'),
    memoryGauge(
      METRIC_TEMPORARY_STORAGE_USAGE,
      'What it has spilled to disk and not removed, by what for: `duckdb_memory()`.',
      ATTR_DUCKDB_MEMORY_TAG,
    ),
    memoryGauge(
      METRIC_TEMPORARY_STORAGE_LIMIT,
      'Its `max_temp_directory_size`, if that is set to a size; DuckDB does not tell how much 90 % of the disk are.',
    ),
    runningGauge(METRIC_PROCESSED_ROWS, '{row}', 'Rows that such a query has processed, if DuckDB tracks it.'),
  ],
  warnings: duckdbWarnings,
};
