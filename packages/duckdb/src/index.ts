// For users

export { ArrowConversionError, type ArrowConversionErrorCode } from './arrow/arrow-conversion-error.ts';
export { arrowSchema } from './arrow/arrow-schema.ts';
export {
  type ChunkSource,
  type RecordBatchOptions,
  type RecordBatchStream,
  recordBatches,
} from './arrow/record-batches.ts';
export { duckdbDialect } from './dialect/duckdb-dialect.ts';
export { DuckDBError, type DuckDBErrorCode } from './duckdb-error.ts';
export { DuckDBExec, type DuckDBExecOptions, type ExecOutput } from './exec/duckdb-exec.ts';
export type { ExecInput } from './exec/input-files.ts';
export type { FileOutput } from './exec/output-file.ts';
export type { QueryRecording } from './exec/query-run.ts';
export { type DuckDBReportOptions, duckdbReportRecorders } from './report/duckdb-report-recorders.ts';
export { duckdbSchema } from './semconv.ts';
export type { DescribedColumns, QueryDescription, QueryToDescribe } from './session/describe-query.ts';
export { DuckDBSession } from './session/duckdb-session.ts';
export type { DuckDBSessionOptions, SettingValue } from './session/session-options.ts';
export type { QueryOverInputs } from './sql/bind-query.ts';
export type { View } from './sql/compose-query.ts';
export type { FileOptions } from './sql/file-options.ts';
export {
  type ColumnDescription,
  type ColumnsBinding,
  FILE_FORMATS,
  type FileBinding,
  type FileFormat,
  type InputBinding,
} from './sql/input-binding.ts';
export type { OptionValue } from './sql/quote.ts';
export { isTreeNode, type TreeNode, type TreeValue } from './sql/syntax-tree.ts';
export type { TablePlace, TableReference } from './sql/table-references.ts';
export { flush } from './trace/drawing-backlog.ts';
export { withQueryOptions } from './trace/query-options.ts';
export { traceConnection } from './trace/trace-connection.ts';
export type {
  DetailOptions,
  InstanceLogConsent,
  QueryOptions,
  QueryPreset,
  TraceConnectionOptions,
} from './trace/trace-options.ts';
export type { WarningThresholds } from './warnings/warning-thresholds.ts';
