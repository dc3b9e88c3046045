import type { OperatorObserver, OperatorRecord, RunWarning } from '@planscope/plan';
import { type CollectedOperatorMetrics, collectedOperators } from './collected-operator.ts';
import { summarize, type TraceMetricsSummary } from './trace-metrics-summary.ts';

/** Gathers the metrics of one run. */
export interface MetricsCollector {
  /** To be the `observe` of the run's TaskContext. */
  readonly observe: OperatorObserver;
  /** Every operator that has finished so far, those inside engines included. */
  operators(): CollectedOperatorMetrics[];
  /** The run so far in a few numbers. */
  summary(warnings?: readonly RunWarning[]): TraceMetricsSummary;
}

export function createMetricsCollector(): MetricsCollector {
  const records: OperatorRecord[] = [];
  return {
    observe: (record) => {
      records.push(record);
    },
    operators: () => records.flatMap(collectedOperators),
    summary: (warnings = []) => summarize(records, warnings),
  };
}
