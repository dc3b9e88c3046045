import type { OperatorObserver, OperatorRecord, RunWarning } from '@planscope/plan';
import { type CollectedOperatorMetrics, collectOperators } from './operators/collect-operators.ts';
import { summarizeRun } from './summary/summarize-run.ts';
import type { TraceMetricsSummary } from './summary/trace-metrics-summary.ts';

/** Collects the metrics of the operators of one run. */
export interface MetricsCollector {
  /** Records a finished operator; pass it in the task context of the run. */
  readonly observe: OperatorObserver;
  /** Records bytes fetched from object stores outside any operator, for example during planning. */
  observeStoreBytesRead(bytes: number): void;
  /** Records bytes that an engine read outside any operator, as its log shows, for example during planning. */
  observeEngineBytesRead(bytes: number): void;
  /** The operators so far, in the order they finished, each followed by its engine's operators, parents first. */
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
  const outside: { storeBytesRead?: number; engineBytesRead?: number } = {};
  const operators = (): CollectedOperatorMetrics[] => records.flatMap(collectOperators);
  return {
    observe: (record) => {
      records.push(record);
    },
    observeStoreBytesRead: (bytes) => {
      outside.storeBytesRead = (outside.storeBytesRead ?? 0) + bytes;
    },
    observeEngineBytesRead: (bytes) => {
      outside.engineBytesRead = (outside.engineBytesRead ?? 0) + bytes;
    },
    operators,
    summary: (warnings) => summarizeRun(operators(), records, warnings, outside),
  };
}
