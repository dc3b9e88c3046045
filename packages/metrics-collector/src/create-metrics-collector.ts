import type { OperatorObserver, OperatorRecord, RunWarning } from '@planscope/plan';
import { type CollectedOperatorMetrics, collectOperators } from './operators/collect-operators.ts';
import { summarizeRun } from './summary/summarize-run.ts';
import type { TraceMetricsSummary } from './summary/trace-metrics-summary.ts';

/** Collects what the operators of one run measured. */
export interface MetricsCollector {
  /** Takes a finished operator; goes into the task context of the run. */
  readonly observe: OperatorObserver;
  /** Takes bytes that were got from object stores outside of any operator, as while the run was planned. */
  observeStoreBytesRead(bytes: number): void;
  /** The operators so far, in the order they finished, each followed by those that its engine reported, parents first. */
  operators(): readonly CollectedOperatorMetrics[];
  /**
   * The run so far, in one record.
   *
   * @param warnings of the run; without them `warningCount` is unavailable
   */
  summary(warnings?: readonly RunWarning[]): TraceMetricsSummary;
}

/** Makes a collector for one run. */
export function createMetricsCollector(): MetricsCollector {
  const records: OperatorRecord[] = [];
  let plannedBytes: number | undefined;
  const operators = (): CollectedOperatorMetrics[] => records.flatMap(collectOperators);
  return {
    observe: (record) => {
      records.push(record);
    },
    observeStoreBytesRead: (bytes) => {
      plannedBytes = (plannedBytes ?? 0) + bytes;
    },
    operators,
    summary: (warnings) => summarizeRun(operators(), records, warnings, plannedBytes),
  };
}
