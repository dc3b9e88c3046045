import { type Counter, type MeterProvider, metrics } from '@opentelemetry/api';
import { operationDuration } from '@planscope/internal/query-instruments';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_RUN_STATUS,
  ATTR_WARNING_CODE,
  METRIC_RUN_BYTES_READ,
  METRIC_RUN_BYTES_WRITTEN,
  METRIC_RUN_ERRORS,
  METRIC_RUN_OUTPUT_ROWS,
  METRIC_RUN_SPANS_DROPPED,
  METRIC_RUN_SPILLED_BYTES,
  METRIC_RUN_STORE_BYTES_READ,
  METRIC_RUN_STORE_BYTES_WRITTEN,
  METRIC_RUN_WARNINGS,
  sharedMetrics,
} from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import type { TraceMetricsSummary } from '../summary/trace-metrics-summary.ts';
import type { FinishedRun } from './run-history.ts';

/** Turns finished runs into OpenTelemetry metrics. */
export interface RunMetrics {
  record(run: FinishedRun): void;
}

type NumberField = Exclude<keyof TraceMetricsSummary, 'warningCountsByCode' | 'stages'>;

/** Which number of the summary each counter adds up. */
const COUNTERS: readonly (readonly [string, NumberField])[] = [
  [METRIC_RUN_OUTPUT_ROWS, 'outputRows'],
  [METRIC_RUN_BYTES_READ, 'bytesRead'],
  [METRIC_RUN_BYTES_WRITTEN, 'bytesWritten'],
  [METRIC_RUN_STORE_BYTES_READ, 'storeBytesRead'],
  [METRIC_RUN_STORE_BYTES_WRITTEN, 'storeBytesWritten'],
  [METRIC_RUN_SPILLED_BYTES, 'spilledBytes'],
];

/**
 * Instruments for finished runs, on any meter provider. What a run did not measure adds nothing: a counter never gets a 0
 * that stands for unknown.
 *
 * @param meterProvider default the global one
 */
export function runMetrics(meterProvider: MeterProvider = metrics.getMeterProvider()): RunMetrics {
  const meter = meterProvider.getMeter(packageJson.name, packageJson.version);
  const duration = operationDuration(meter);
  const counter = (name: string): Counter => meter.createCounter(name, described(name));
  const sums = COUNTERS.map(([name, field]) => ({ counter: counter(name), field }));
  const errors = counter(METRIC_RUN_ERRORS);
  const warnings = counter(METRIC_RUN_WARNINGS);
  const spansDropped = counter(METRIC_RUN_SPANS_DROPPED);

  return {
    record(run) {
      const { system, operation, status, errorType, summary, otelContext } = run;
      const attributes = {
        [ATTR_DB_SYSTEM_NAME]: system,
        [ATTR_DB_OPERATION_NAME]: operation,
        [ATTR_RUN_STATUS]: status,
      };
      const failure = errorType === undefined ? attributes : { ...attributes, [ATTR_ERROR_TYPE]: errorType };
      duration.record(run.duration / 1_000, failure, otelContext);
      if (status === 'error') errors.add(1, failure, otelContext);
      for (const { counter: sum, field } of sums) {
        const { value } = summary[field];
        if (value !== null) sum.add(value, attributes, otelContext);
      }
      for (const { code } of run.warnings ?? []) {
        warnings.add(1, { ...attributes, [ATTR_WARNING_CODE]: code }, otelContext);
      }
      if (run.spansDropped !== undefined) spansDropped.add(run.spansDropped, attributes, otelContext);
    },
  };
}

function described(name: string): { unit: string; description: string } {
  const definition = sharedMetrics.find((metric) => metric.name === name);
  if (definition === undefined) throw new Error(`[planscope/metrics-collector] metric "${name}" is not registered`);
  return { unit: definition.unit, description: definition.meaning };
}
