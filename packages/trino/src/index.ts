// For users

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
export { toEngineReport } from './report/to-engine-report.ts';
export { trinoSchema } from './semconv.ts';

// For other Planscope packages

export { drawQuery, type TrinoReportOptions, trinoReportRecorders } from './report/draw-query.ts';
