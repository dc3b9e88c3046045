import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from './attributes/conventions.ts';
import { ATTR_RUN_STATUS, ATTR_TENANT, queryLabelKey } from './attributes/planscope.ts';
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

export const METRIC_PIPELINE_SPANS_MADE = 'planscope.pipeline.spans.made';
export const METRIC_PIPELINE_SPANS_EXPORTED = 'planscope.pipeline.spans.exported';
export const METRIC_PIPELINE_SPANS_UNCONFIRMED = 'planscope.pipeline.spans.unconfirmed';
export const METRIC_PIPELINE_SPANS_DROPPED = 'planscope.pipeline.spans.dropped';
export const METRIC_PIPELINE_SPANS_UNKNOWN = 'planscope.pipeline.spans.unknown';
export const METRIC_PIPELINE_SPANS_PENDING = 'planscope.pipeline.spans.pending';

/**
 * Bucket boundaries of {@link METRIC_DB_OPERATION_DURATION} in seconds: those of the database conventions, and three
 * more for analytical queries.
 */
export const DB_OPERATION_DURATION_BUCKETS: readonly number[] = [
  0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300,
];

/** Name of an exporter in the configuration, on measurements only. */
export const ATTR_EXPORTER_NAME = 'planscope.exporter.name';
/** Why spans were dropped, on measurements only. */
export const ATTR_DROP_REASON = 'planscope.drop.reason';

/** Code of one warning, on measurements only; spans list theirs in `planscope.warnings.codes`. */
export const ATTR_WARNING_CODE = 'planscope.warning.code';

/** Attributes of every measurement of a run: what ran and how it ended, with low cardinality. */
const run: readonly string[] = [ATTR_DB_SYSTEM_NAME, ATTR_DB_OPERATION_NAME, ATTR_RUN_STATUS];

function counter(name: string, unit: string, meaning: string, attributes: readonly string[] = run): MetricDefinition {
  return { name, instrument: 'counter', unit, meaning, attributes, setBy: ['metrics-collector'] };
}

function pipeline(
  name: string,
  meaning: string,
  { instrument = 'counter', attributes = [] }: Partial<Pick<MetricDefinition, 'instrument' | 'attributes'>> = {},
): MetricDefinition {
  const keys = [ATTR_EXPORTER_NAME, ...attributes];
  return { name, instrument, unit: '{span}', meaning, attributes: keys, setBy: ['bootstrap'] };
}

/**
 * OpenTelemetry metrics of finished runs, which add only what a run has measured, and of the span pipeline, where
 * made = exported + unconfirmed + dropped + unknown + pending.
 */
export const sharedMetrics: readonly MetricDefinition[] = [
  {
    name: METRIC_DB_OPERATION_DURATION,
    instrument: 'histogram',
    unit: 's',
    meaning: 'Duration of a run, or of a query of a traced connection or client, by the database conventions.',
    attributes: [...run, ATTR_ERROR_TYPE, ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT, ATTR_TENANT, queryLabelKey('*')],
    setBy: ['metrics-collector', 'duckdb', 'trino'],
  },
  counter(METRIC_RUN_OUTPUT_ROWS, '{row}', 'Rows in the outputs of runs.'),
  counter(METRIC_RUN_BYTES_READ, 'By', 'Bytes that engines read from files.'),
  counter(METRIC_RUN_BYTES_WRITTEN, 'By', 'Bytes that engines wrote to files.'),
  counter(METRIC_RUN_STORE_BYTES_READ, 'By', 'Bytes that were fetched from object stores.'),
  counter(METRIC_RUN_STORE_BYTES_WRITTEN, 'By', 'Bytes that were written to object stores.'),
  counter(METRIC_RUN_SPILLED_BYTES, 'By', 'Bytes that were spilled to disk.'),
  counter(METRIC_RUN_ERRORS, '{error}', 'Runs that failed, by class of error.', [...run, ATTR_ERROR_TYPE]),
  counter(METRIC_RUN_WARNINGS, '{warning}', 'Warnings that runs raised, by code.', [...run, ATTR_WARNING_CODE]),
  counter(METRIC_RUN_SPANS_DROPPED, '{span}', 'Spans that were dropped because the budget of a run was used up.'),
  pipeline(METRIC_PIPELINE_SPANS_MADE, 'Sampled spans that ended, for each exporter.'),
  pipeline(METRIC_PIPELINE_SPANS_EXPORTED, 'Spans that the destination has confirmed.'),
  pipeline(
    METRIC_PIPELINE_SPANS_UNCONFIRMED,
    'Spans that an exporter of the program calls exported, without showing the response.',
  ),
  pipeline(METRIC_PIPELINE_SPANS_DROPPED, 'Spans that are known to be lost or were omitted on purpose, by reason.', {
    attributes: [ATTR_DROP_REASON],
  }),
  pipeline(METRIC_PIPELINE_SPANS_UNKNOWN, 'Spans that were sent without an intelligible response.'),
  pipeline(METRIC_PIPELINE_SPANS_PENDING, 'Spans that are held, are in the queue or are being sent.', {
    instrument: 'gauge',
  }),
];
