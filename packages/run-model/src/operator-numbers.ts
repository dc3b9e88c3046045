import {
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_ELAPSED_COMPUTE,
  METRIC_ESTIMATED_ROWS,
  METRIC_OUTPUT_BYTES,
  METRIC_OUTPUT_ROWS,
  METRIC_PEAK_MEMORY,
  METRIC_SELECTIVITY,
  METRIC_SPILLED_BYTES,
} from '@planscope/semconv';
import type { Metrics, Operator } from './run.ts';

type NumberField =
  | 'rows'
  | 'estimatedRows'
  | 'compute'
  | 'outputBytes'
  | 'bytesRead'
  | 'bytesWritten'
  | 'peakMemory'
  | 'spilledBytes'
  | 'selectivity';

/** The metrics that every reader of operators needs, as fields. */
export function operatorNumbers(metrics: Metrics): Pick<Operator, NumberField> {
  const numbers: { -readonly [Field in NumberField]?: number } = {};
  for (const [field, name] of NUMBERS) {
    const metric = metrics[name];
    if (metric !== undefined) numbers[field] = metric.value;
  }
  return numbers;
}

const NUMBERS: readonly (readonly [field: NumberField, metric: string])[] = [
  ['rows', METRIC_OUTPUT_ROWS],
  ['estimatedRows', METRIC_ESTIMATED_ROWS],
  ['compute', METRIC_ELAPSED_COMPUTE],
  ['outputBytes', METRIC_OUTPUT_BYTES],
  ['bytesRead', METRIC_BYTES_READ],
  ['bytesWritten', METRIC_BYTES_WRITTEN],
  ['peakMemory', METRIC_PEAK_MEMORY],
  ['spilledBytes', METRIC_SPILLED_BYTES],
  ['selectivity', METRIC_SELECTIVITY],
];
