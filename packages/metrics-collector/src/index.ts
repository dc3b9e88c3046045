// For users
export { createMetricsCollector, type MetricsCollector } from './create-metrics-collector.ts';
export type { MetricSource } from './metric-source.ts';
export type { CollectedMetric, CollectedOperatorMetrics } from './operators/collect-operators.ts';
export {
  createRunHistory,
  type FingerprintStatistics,
  type FinishedRun,
  type HistoryEntry,
  type HistoryOrder,
  type HistoryQuery,
  type RunHistory,
} from './run/run-history.ts';
export { type RunMetrics, runMetrics } from './run/run-metrics.ts';
export type { NumberSpread, StageSummary } from './summary/stage-summary.ts';
export type {
  MeasuredNumber,
  SummaryNumber,
  TraceMetricsSummary,
  UnavailableNumber,
  UnavailableReason,
} from './summary/trace-metrics-summary.ts';
