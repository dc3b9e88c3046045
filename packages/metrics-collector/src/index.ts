// For users
export { createMetricsCollector, type MetricsCollector } from './create-metrics-collector.ts';
export type { MetricSource } from './metric-source.ts';
export type { CollectedMetric, CollectedOperatorMetrics } from './operators/collected-operator.ts';
export type { FinishedRun } from './run/finished-run.ts';
export {
  createRunHistory,
  type FingerprintStatistics,
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
  UnavailableNumber,
  UnavailableReason,
} from './summary/summary-number.ts';
export type { TraceMetricsSummary } from './summary/trace-metrics-summary.ts';
