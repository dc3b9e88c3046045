// For users

export type {
  TrinoAuthentication,
  TrinoClientOptions,
  TrinoQueryOptions,
  TrinoSessionOptions,
} from './client/client-options.ts';
export type { ColumnType, TrinoColumn } from './client/column-type.ts';
export { type TypedValue, typedValue } from './client/sql-literal.ts';
export { createTrinoClient, type QueryInfoOptions, type TrinoClient, type TrinoRows } from './client/trino-client.ts';
export { TrinoClientError, type TrinoClientErrorCode } from './client/trino-client-error.ts';
export { type TrinoFailure, TrinoQueryError } from './client/trino-query-error.ts';
export { TrinoResult, type TrinoRow } from './client/trino-result.ts';
export { trinoDialect } from './dialect/trino-dialect.ts';
export type {
  TrinoError,
  TrinoInput,
  TrinoOperator,
  TrinoPipeline,
  TrinoPlanNode,
  TrinoQueryInfo,
  TrinoQueryStats,
  TrinoRule,
  TrinoStage,
  TrinoTask,
  TrinoTotals,
} from './report/query-info.ts';
export { readQueryInfo } from './report/read-query-info.ts';
export { readReport, type TrinoReading } from './report/read-report.ts';
export { type TrinoOutcome, toEngineReport } from './report/to-engine-report.ts';
export { trinoSchema } from './semconv.ts';
export type { TraceTrinoOptions } from './trace/trace-options.ts';
export { type TracedTrinoClient, traceTrino } from './trace/trace-trino.ts';

// For other Planscope packages

export { TrinoExec, type TrinoExecOptions } from './exec/trino-exec.ts';
export {
  type SessionQueryOptions,
  type SessionReport,
  type TrinoDescription,
  TrinoSession,
  type TrinoSessionSettings,
} from './exec/trino-session.ts';
export { drawQuery, type TrinoReportOptions, trinoReportRecorders } from './report/draw-query.ts';
