import type { OperatorMetricDefinition } from './definition.ts';

export const METRIC_OUTPUT_ROWS = 'output_rows';
export const METRIC_OUTPUT_BATCHES = 'output_batches';
export const METRIC_OUTPUT_BYTES = 'output_bytes';
export const METRIC_ELAPSED_COMPUTE = 'elapsed_compute';
export const METRIC_CUMULATIVE_COMPUTE = 'cumulative_compute';
export const METRIC_ESTIMATED_ROWS = 'estimated_rows';
export const METRIC_BYTES_READ = 'bytes_read';
export const METRIC_BYTES_FROM_CACHE = 'bytes_from_cache';
export const METRIC_BYTES_WRITTEN = 'bytes_written';
export const METRIC_READ_REQUESTS = 'read_requests';
export const METRIC_UNLOGGED_SCANS = 'unlogged_scans';
export const METRIC_SPILL_FILE_COUNT = 'spill_count';
export const METRIC_SPILLED_BYTES = 'spilled_bytes';
export const METRIC_SPILLED_ROWS = 'spilled_rows';
export const METRIC_PEAK_MEMORY = 'peak_memory';
export const METRIC_PEAK_TEMPORARY_STORAGE = 'peak_temporary_storage';
export const METRIC_WAIT_TIME = 'wait_time';
export const METRIC_SELECTIVITY = 'selectivity';
export const METRIC_REDUCTION_FACTOR = 'reduction_factor';
export const METRIC_FILES_OPENED = 'files_opened';
export const METRIC_FILES_SCANNED = 'files_scanned';
export const METRIC_FILES_PRUNED = 'files_pruned';
export const METRIC_HTTP_REQUESTS = 'http_requests';
export const METRIC_HTTP_RETRIES = 'http_retries';
export const METRIC_HTTP_FAILURES = 'http_failures';
export const METRIC_HTTP_BYTES_RECEIVED = 'http_bytes_received';
export const METRIC_HTTP_BYTES_SENT = 'http_bytes_sent';
export const METRIC_ROW_GROUPS_SCANNED = 'row_groups_scanned';
export const METRIC_ROW_GROUPS_PRUNED = 'row_groups_pruned';

/** Prefix of metrics that DataFusion has under the same name. */
export const DATAFUSION_METRICS_PREFIX = 'datafusion.metrics.';
/** Prefix of all other metrics, including those of engines. */
export const PLANSCOPE_METRICS_PREFIX = 'planscope.metrics.';

/** Metrics with a fixed meaning; {@link operatorMetricKey} returns their keys. */
export const operatorMetrics: readonly OperatorMetricDefinition[] = [
  {
    name: METRIC_OUTPUT_ROWS,
    datafusion: true,
    type: 'count',
    unit: '{row}',
    meaning: 'Rows in the output of the operator.',
  },
  {
    name: METRIC_OUTPUT_BATCHES,
    datafusion: true,
    type: 'count',
    unit: '{batch}',
    meaning: 'Record batches in the output of the operator.',
  },
  {
    name: METRIC_OUTPUT_BYTES,
    datafusion: true,
    type: 'count',
    unit: 'By',
    meaning: 'Bytes of the rows in the output of the operator.',
  },
  {
    name: METRIC_ELAPSED_COMPUTE,
    datafusion: true,
    type: 'time',
    unit: 'ns',
    meaning: 'Compute time of the operator without its children, summed over threads.',
  },
  {
    name: METRIC_CUMULATIVE_COMPUTE,
    type: 'time',
    unit: 'ns',
    meaning: 'Compute time of the operator and everything below it, summed over threads.',
  },
  { name: METRIC_ESTIMATED_ROWS, type: 'gauge', unit: '{row}', meaning: 'Rows that the planner estimated.' },
  {
    name: METRIC_BYTES_READ,
    type: 'count',
    unit: 'By',
    meaning:
      'Bytes read: by an engine from files, as the sum of its reads; by a node of the plan from an object store.',
  },
  {
    name: METRIC_BYTES_FROM_CACHE,
    type: 'count',
    unit: 'By',
    meaning:
      'Bytes of remote objects that were already on this machine, from another run or from the planning of this run. They are not part of `bytes_read`.',
  },
  {
    name: METRIC_BYTES_WRITTEN,
    datafusion: true,
    type: 'count',
    unit: 'By',
    meaning:
      'Bytes written: by an engine to files, as the sum of its writes; by a node of the plan to an object store.',
  },
  {
    name: METRIC_READ_REQUESTS,
    type: 'count',
    unit: '{request}',
    meaning: 'Number of reads that make up `bytes_read`.',
  },
  {
    name: METRIC_UNLOGGED_SCANS,
    type: 'count',
    unit: '{scan}',
    meaning: 'Scans whose reads the engine does not log. If there are any, the bytes read by the query are unknown.',
  },
  {
    name: METRIC_SPILL_FILE_COUNT,
    datafusion: true,
    type: 'count',
    unit: '{file}',
    meaning: 'Files written to spill to disk.',
  },
  { name: METRIC_SPILLED_BYTES, datafusion: true, type: 'count', unit: 'By', meaning: 'Bytes spilled to disk.' },
  { name: METRIC_SPILLED_ROWS, datafusion: true, type: 'count', unit: '{row}', meaning: 'Rows spilled to disk.' },
  {
    name: METRIC_PEAK_MEMORY,
    type: 'gauge',
    unit: 'By',
    meaning:
      'Peak memory while the query ran. DuckDB measures that of the whole instance; DuckDB 1.5 keeps the largest of a connection, so that it is absent unless this query raised it.',
  },
  {
    name: METRIC_PEAK_TEMPORARY_STORAGE,
    type: 'gauge',
    unit: 'By',
    meaning:
      "Peak size of the engine's temporary folder while the query ran; above zero means that this query, another one at the same time or an earlier one has spilled to disk. Absent in DuckDB 1.5 unless this query raised the largest value of its connection.",
  },
  {
    name: METRIC_WAIT_TIME,
    type: 'time',
    unit: 'ns',
    meaning: "Time of a query in which the program waited for anything but the engine's own work on it.",
  },
  {
    name: METRIC_SELECTIVITY,
    datafusion: true,
    type: 'ratio',
    unit: '1',
    meaning: 'Fraction of its input rows that a filter kept, from 0 to 1; absent if a limit may have stopped it.',
  },
  {
    name: METRIC_REDUCTION_FACTOR,
    datafusion: true,
    type: 'ratio',
    unit: '1',
    meaning: 'Output rows of an aggregation for each of its input rows; absent if a limit may have stopped it.',
  },
  {
    name: METRIC_FILES_OPENED,
    datafusion: true,
    type: 'count',
    unit: '{file}',
    meaning: 'Files that a scan read to the end; absent if a limit may have stopped it.',
  },
  {
    name: METRIC_FILES_SCANNED,
    type: 'count',
    unit: '{file}',
    meaning: 'Files of a table that were left to scan after pruning.',
  },
  {
    name: METRIC_FILES_PRUNED,
    type: 'count',
    unit: '{file}',
    meaning: 'Files of a table that filters on partitions, names or statistics made unnecessary.',
  },
  {
    name: METRIC_HTTP_REQUESTS,
    type: 'count',
    unit: '{request}',
    meaning: 'HTTP requests that the engine made itself, failed ones and retries included.',
  },
  {
    name: METRIC_HTTP_RETRIES,
    type: 'count',
    unit: '{request}',
    meaning: 'HTTP requests that repeat one that failed.',
  },
  {
    name: METRIC_HTTP_FAILURES,
    type: 'count',
    unit: '{request}',
    meaning: 'HTTP requests without a whole response, or with status 408, 429, or 500 and above.',
  },
  {
    name: METRIC_HTTP_BYTES_RECEIVED,
    type: 'count',
    unit: 'By',
    meaning:
      'Bytes of the bodies of whole HTTP responses, by their `Content-Length`; a response without it counts as 0.',
  },
  { name: METRIC_HTTP_BYTES_SENT, type: 'count', unit: 'By', meaning: 'Bytes of the bodies of HTTP requests.' },
  {
    name: METRIC_ROW_GROUPS_SCANNED,
    type: 'count',
    unit: '{row_group}',
    meaning: 'Row groups of Parquet files that a scan read.',
  },
  {
    name: METRIC_ROW_GROUPS_PRUNED,
    type: 'count',
    unit: '{row_group}',
    meaning: 'Row groups of Parquet files that a scan skipped by their statistics.',
  },
  {
    name: 'scan_efficiency_ratio',
    datafusion: true,
    type: 'ratio',
    unit: '1',
    meaning: 'Bytes that a scan read for each byte of its files, from 0 to 1.',
  },
  {
    name: 'probe_hit_rate',
    datafusion: true,
    type: 'ratio',
    unit: '1',
    meaning: 'Fraction of the probe rows of a join that had a match, from 0 to 1.',
  },
  {
    name: 'avg_fanout',
    datafusion: true,
    type: 'ratio',
    unit: '1',
    meaning: 'Output rows of a join for each probe row with a match.',
  },
  {
    name: 'limit_pruned_row_groups',
    datafusion: true,
    type: 'count',
    unit: '{row_group}',
    meaning: 'Row groups that a scan skipped because a limit was already reached.',
  },
];

const DATAFUSION_NAMES: ReadonlySet<string> = new Set(
  operatorMetrics.filter(({ datafusion }) => datafusion === true).map(({ name }) => name),
);

/**
 * The key of a metric of an operator: `datafusion.metrics.output_rows` for a name that DataFusion has,
 * `planscope.metrics.estimated_rows` for any other.
 */
export function operatorMetricKey(metric: string): string {
  return (DATAFUSION_NAMES.has(metric) ? DATAFUSION_METRICS_PREFIX : PLANSCOPE_METRICS_PREFIX) + metric;
}
