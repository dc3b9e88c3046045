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
export const METRIC_SPILL_FILE_COUNT = 'spill_file_count';
export const METRIC_SPILLED_BYTES = 'spilled_bytes';
export const METRIC_SPILLED_ROWS = 'spilled_rows';
export const METRIC_PEAK_MEMORY = 'peak_memory';

/** Operator metrics recorded as `datafusion.metrics.<name>`. */
export const operatorMetrics: readonly OperatorMetricDefinition[] = [
  { name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', meaning: 'Rows the operator put out.' },
  { name: METRIC_OUTPUT_BATCHES, type: 'count', unit: '{batch}', meaning: 'Record batches the operator put out.' },
  { name: METRIC_OUTPUT_BYTES, type: 'count', unit: 'By', meaning: 'Bytes of the rows the operator put out.' },
  {
    name: METRIC_ELAPSED_COMPUTE,
    type: 'time',
    unit: 'ns',
    meaning: 'Time the operator itself computed, summed over threads; its children are not in it.',
  },
  {
    name: METRIC_CUMULATIVE_COMPUTE,
    type: 'time',
    unit: 'ns',
    meaning: 'Time the operator and everything below it computed, summed over threads.',
  },
  { name: METRIC_ESTIMATED_ROWS, type: 'gauge', unit: '{row}', meaning: 'Rows the planner expected.' },
  {
    name: METRIC_BYTES_READ,
    type: 'count',
    unit: 'By',
    meaning:
      'Bytes read: by an engine from files, counted from the single reads; by a node of the plan from an object store.',
  },
  {
    name: METRIC_BYTES_FROM_CACHE,
    type: 'count',
    unit: 'By',
    meaning:
      'Bytes of remote objects that were on this machine already, from an earlier run, another one or the planning of this one; none of them is in `bytes_read`.',
  },
  {
    name: METRIC_BYTES_WRITTEN,
    type: 'count',
    unit: 'By',
    meaning:
      'Bytes written: by an engine to files, counted from the single writes; by a node of the plan to an object store.',
  },
  { name: METRIC_READ_REQUESTS, type: 'count', unit: '{request}', meaning: 'Single reads behind `bytes_read`.' },
  {
    name: METRIC_UNLOGGED_SCANS,
    type: 'count',
    unit: '{scan}',
    meaning:
      'Scans whose reads the engine does not log. Where there are any, the bytes that a query read are not known.',
  },
  { name: METRIC_SPILL_FILE_COUNT, type: 'count', unit: '{file}', meaning: 'Files written to spill to disk.' },
  { name: METRIC_SPILLED_BYTES, type: 'count', unit: 'By', meaning: 'Bytes spilled to disk.' },
  { name: METRIC_SPILLED_ROWS, type: 'count', unit: '{row}', meaning: 'Rows spilled to disk.' },
  { name: METRIC_PEAK_MEMORY, type: 'gauge', unit: 'By', meaning: 'Most memory held at one time.' },
];
