// For users and for other Planscope packages.

export { executedPlanFingerprint, type PlanShape } from './executed-plan-fingerprint.ts';
export type { TextChunks } from './otlp/line-splitter.ts';
export { type ReportFault, spansFromOtlpJson } from './otlp/otlp-json.ts';
export {
  type ReadIssue,
  type ReadRunsOptions,
  readRuns,
  readTraceFiles,
  runsFromOtlpJson,
  runsFromOtlpProtobuf,
  type TraceFile,
} from './otlp/read-runs.ts';
export { TraceCollector } from './otlp/trace-collector.ts';
export { type RunFromReportOptions, runFromReport } from './report/run-from-report.ts';
export {
  type FinishedNode,
  type FinishedNumber,
  type FinishedOperator,
  type FinishedPlan,
  type FinishedRun,
  type FinishedSummary,
  type RunFromResultOptions,
  runFromResult,
} from './report/run-from-result.ts';
export {
  type AttributeValue,
  type AttributeValues,
  type Caller,
  type CallSite,
  type FileActivity,
  type Gap,
  type GapCode,
  type HttpRequest,
  type Metric,
  type MetricSource,
  type Metrics,
  type Nanoseconds,
  type Operator,
  type OperatorField,
  type OperatorKind,
  type Phase,
  type PlanDiff,
  type Preview,
  type Query,
  RUN_VERSION,
  type Rule,
  type Run,
  type RunError,
  type RunIdentity,
  type RunSource,
  type Span,
  type SpanEvent,
  type SpanLink,
  type Spread,
  type Stage,
  type StorageCall,
  type Task,
  type Timing,
  type Totals,
  type TracingSettings,
  type Warning,
} from './run.ts';
export { RunModelError, type RunModelErrorCode } from './run-model-error.ts';
export { RunCollector, type RunCollectorOptions } from './spans/run-collector.ts';
export { runsFromSpans, traceFromSpans } from './spans/runs-from-spans.ts';
export type { SdkSpan } from './spans/sdk-spans.ts';
export type {
  TraceAttributes,
  TraceEvent,
  TraceLink,
  TraceSpan,
  TraceSpanKind,
} from './spans/trace-span.ts';
export { renderRunTree, type TreeStyle } from './tree/render-run-tree.ts';
