// For users

export type { RunningQuery } from '@planscope/semconv';
export { ArrowConversionError, type ArrowConversionErrorCode } from './arrow/arrow-conversion-error.ts';
export { duckdbDialect } from './dialect/duckdb-dialect.ts';
export { DuckDBError, type DuckDBErrorCode } from './duckdb-error.ts';
export type { EventKind, ObjectState } from './events/engine-event.ts';
export { DuckDBExec, type DuckDBExecOptions, type ExecOutput, type ObjectWatch } from './exec/duckdb-exec.ts';
export type { ExecInput, FileInput } from './exec/input-files.ts';
export type { FileOutput, PartitionedOutput, TableOutput } from './exec/output-files.ts';
export type { QueryRecording } from './exec/query-run.ts';
export { type DuckDBReportOptions, duckdbReportRecorders } from './report/query-recorder.ts';
export {
  type DuckDBProfileOptions,
  type DuckDBProfileReading,
  readDuckDBProfile,
} from './report/read-duckdb-profile.ts';
export type { SeenObject } from './report/seen-objects.ts';
export { duckdbSchema } from './semconv.ts';
export type { DescribedColumns, QueryDescription, QueryToDescribe } from './session/describe-query.ts';
export { DuckDBSession } from './session/duckdb-session.ts';
export type { ExtensionOptions } from './session/extensions.ts';
export type { LakeCatalogue } from './session/lake-catalogues.ts';
export type { Secret } from './session/secrets.ts';
export type { DuckDBSessionOptions, SettingValue } from './session/session-options.ts';
export type { RequestObserver } from './session/watched-requests.ts';
export type { QueryOverInputs } from './sql/bind-query.ts';
export type { View } from './sql/compose-query.ts';
export {
  type ColumnDescription,
  type ColumnsBinding,
  type DeltaTable,
  type DuckLakeTable,
  FILE_FORMATS,
  FILE_NUMBER,
  type FileBinding,
  type FileFormat,
  type IcebergTable,
  type InputBinding,
  type LakeTable,
  type LakeTableBinding,
  type ProjectedColumn,
  type StoredColumn,
} from './sql/input-binding.ts';
export {
  type BoundParameter,
  type ParameterNames,
  type ParameterValue,
  type PlainValue,
  parameterLiteral,
  parameterNames,
  type QueryParameters,
  type TypedValue,
} from './sql/query-parameters.ts';
export type { FileOptions, OptionValue } from './sql/quote.ts';
export { isTreeNode, type TreeNode, type TreeValue } from './sql/syntax-tree.ts';
export type { TablePlace, TableReference } from './sql/table-references.ts';
export { flush } from './trace/drawing-backlog.ts';
export { type MemoryObservation, type MemoryObservationOptions, observeMemory } from './trace/memory-metrics.ts';
export { DUCKDB_QUERY_CHANNEL, type DuckDBQueryMessage, type QueryMethod } from './trace/query-channel.ts';
export type { QueryHooks, QueryRequest, QueryResponse } from './trace/query-hooks.ts';
export type { QueryLabels } from './trace/query-labels.ts';
export { runningQueries } from './trace/running-queries.ts';
export type { SqlComments } from './trace/sql-comment.ts';
export { traceConnection } from './trace/trace-connection.ts';
export {
  type DetailOptions,
  type InstanceLogConsent,
  type QueryOptions,
  type QueryPreset,
  type TraceConnectionOptions,
  withQueryOptions,
} from './trace/trace-options.ts';
export type { WarningThresholds } from './warnings/warning-thresholds.ts';
