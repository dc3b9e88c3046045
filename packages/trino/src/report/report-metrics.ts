import type { MetricReport } from '@planscope/plan/report';
import {
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_CUMULATIVE_COMPUTE,
  METRIC_ELAPSED_COMPUTE,
  METRIC_OUTPUT_BYTES,
  METRIC_OUTPUT_ROWS,
  METRIC_PEAK_MEMORY,
  METRIC_SPILLED_BYTES,
} from '@planscope/semconv';
import {
  METRIC_BLOCKED_TIME,
  METRIC_INPUT_BLOCKED_TIME,
  METRIC_NETWORK_BYTES_RECEIVED,
  METRIC_PHYSICAL_READ_TIME,
  METRIC_PHYSICAL_ROWS_READ,
  METRIC_SCHEDULED_TIME,
} from '../semconv.ts';
import type { TrinoTotals } from './query-info.ts';

/** One number; none if it is unknown. */
export type MaybeMetric = readonly MetricReport[];

export function rows(name: string, value: number | undefined): MaybeMetric {
  return value === undefined ? [] : [{ name, type: 'count', unit: '{row}', value }];
}

/** Bytes that Trino counts; it does not log single reads. */
export function bytes(name: string, value: number | undefined): MaybeMetric {
  return value === undefined ? [] : [{ name, type: 'count', unit: 'By', value, source: 'profile' }];
}

export function peak(name: string, value: number | undefined): MaybeMetric {
  return value === undefined ? [] : [{ name, type: 'gauge', unit: 'By', value }];
}

export function nanoseconds(name: string, value: number | undefined): MaybeMetric {
  return value === undefined ? [] : [{ name, type: 'time', unit: 'ns', value }];
}

/** The sums of a query, in which the compute time is that of all operators together. */
export function queryMetrics(totals: TrinoTotals): MetricReport[] {
  return totalMetrics(totals, METRIC_CUMULATIVE_COMPUTE);
}

/** The sums of a stage or a task. */
export function totalMetrics(totals: TrinoTotals, compute: string = METRIC_ELAPSED_COMPUTE): MetricReport[] {
  return [
    ...rows(METRIC_OUTPUT_ROWS, totals.outputRows),
    ...bytes(METRIC_OUTPUT_BYTES, totals.outputBytes),
    ...nanoseconds(compute, totals.cpu),
    ...nanoseconds(METRIC_SCHEDULED_TIME, totals.scheduled),
    ...nanoseconds(METRIC_BLOCKED_TIME, totals.blocked),
    ...nanoseconds(METRIC_INPUT_BLOCKED_TIME, totals.inputBlocked),
    ...bytes(METRIC_BYTES_READ, totals.physicalInputBytes),
    ...rows(METRIC_PHYSICAL_ROWS_READ, totals.physicalInputRows),
    ...nanoseconds(METRIC_PHYSICAL_READ_TIME, totals.physicalInputReadTime),
    ...bytes(METRIC_NETWORK_BYTES_RECEIVED, totals.networkInputBytes),
    ...bytes(METRIC_BYTES_WRITTEN, totals.writtenBytes),
    ...peak(METRIC_PEAK_MEMORY, totals.peakMemoryBytes),
    ...bytes(METRIC_SPILLED_BYTES, totals.spilledBytes),
  ];
}
