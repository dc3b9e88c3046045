// For users
export type { CollectedMetric, CollectedOperatorMetrics } from './collected-operator.ts';
export type { Measured, MeasureSource } from './measured.ts';
export { createMetricsCollector, type MetricsCollector } from './metrics-collector.ts';
export type { TraceMetricsSummary } from './trace-metrics-summary.ts';
