// For users

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

// For other Planscope packages

export { drawQuery, type TrinoReportOptions, trinoReportRecorders } from './report/draw-query.ts';
