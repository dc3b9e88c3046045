import { ATTR_DB_OPERATION_NAME, ATTR_DB_SYSTEM_NAME, ATTR_ERROR_TYPE } from './attributes/conventions.ts';
import { ATTR_RUN_STATUS } from './attributes/planscope.ts';
import type { MetricDefinition } from './definition.ts';

export const METRIC_DB_OPERATION_DURATION = 'db.client.operation.duration';
export const METRIC_RUN_OUTPUT_ROWS = 'planscope.run.output_rows';
export const METRIC_RUN_BYTES_READ = 'planscope.run.bytes_read';
export const METRIC_RUN_BYTES_WRITTEN = 'planscope.run.bytes_written';
export const METRIC_RUN_STORE_BYTES_READ = 'planscope.run.store_bytes_read';
export const METRIC_RUN_STORE_BYTES_WRITTEN = 'planscope.run.store_bytes_written';
export const METRIC_RUN_SPILLED_BYTES = 'planscope.run.spilled_bytes';
export const METRIC_RUN_ERRORS = 'planscope.run.errors';
export const METRIC_RUN_WARNINGS = 'planscope.run.warnings';
export const METRIC_RUN_SPANS_DROPPED = 'planscope.run.spans_dropped';

/** Code of one warning, on measurements only; spans list theirs in `planscope.warnings.codes`. */
export const ATTR_WARNING_CODE = 'planscope.warning.code';

/** Every measurement of a run says what ran and how it ended; all of low cardinality. */
const run: readonly string[] = [ATTR_DB_SYSTEM_NAME, ATTR_DB_OPERATION_NAME, ATTR_RUN_STATUS];

function counter(name: string, unit: string, meaning: string, attributes: readonly string[] = run): MetricDefinition {
  return { name, instrument: 'counter', unit, meaning, attributes, setBy: ['metrics-collector'] };
}

/** OpenTelemetry metrics over finished runs; what a run did not measure adds nothing. */
export const sharedMetrics: readonly MetricDefinition[] = [
  {
    name: METRIC_DB_OPERATION_DURATION,
    instrument: 'histogram',
    unit: 's',
    meaning: 'Duration of a run, by the database conventions.',
    attributes: [...run, ATTR_ERROR_TYPE],
    setBy: ['metrics-collector'],
  },
  counter(METRIC_RUN_OUTPUT_ROWS, '{row}', 'Rows that runs put out.'),
  counter(METRIC_RUN_BYTES_READ, 'By', 'Bytes that engines read from files.'),
  counter(METRIC_RUN_BYTES_WRITTEN, 'By', 'Bytes that engines wrote to files.'),
  counter(METRIC_RUN_STORE_BYTES_READ, 'By', 'Bytes that were brought here from object stores.'),
  counter(METRIC_RUN_STORE_BYTES_WRITTEN, 'By', 'Bytes that were written to object stores.'),
  counter(METRIC_RUN_SPILLED_BYTES, 'By', 'Bytes that were spilled to disk.'),
  counter(METRIC_RUN_ERRORS, '{error}', 'Runs that failed, by class of error.', [...run, ATTR_ERROR_TYPE]),
  counter(METRIC_RUN_WARNINGS, '{warning}', 'Warnings that runs raised, by code.', [...run, ATTR_WARNING_CODE]),
  counter(METRIC_RUN_SPANS_DROPPED, '{span}', 'Spans that were not made because the budget of a run was used up.'),
];
