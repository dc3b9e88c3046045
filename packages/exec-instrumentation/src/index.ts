// For users

export {
  type ExecutionInstrumentation,
  innerPlan,
  instrumentExecution,
  isInstrumented,
} from './instrument-execution.ts';
export {
  type ExecutionInstrumentationOptions,
  ExecutionOptionsError,
  type OperatorSpanOptions,
  type TextRedaction,
} from './instrumentation-options.ts';
// For other Planscope packages
export { engineSpanRecorder } from './report/engine-span-recorder.ts';
export { type IoReportOptions, ioReportRecorder } from './report/io-report-recorder.ts';
export { type OperatorReportOptions, operatorReportRecorder } from './report/operator-report-recorder.ts';
export { type ReportRecordersOptions, reportRecorders } from './report/report-recorders.ts';
export type { ReportParent } from './report/report-windows.ts';
export { type StageReportOptions, stageReportRecorder } from './report/stage-report-recorder.ts';
export { type QuerySpanOptions, traceQuery } from './trace-query.ts';
