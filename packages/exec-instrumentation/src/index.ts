// For users
export { ExecutionOptionsError } from './execution-options-error.ts';
export { type ExecutionInstrumentation, instrumentExecution } from './instrument-execution.ts';
export type { ExecutionInstrumentationOptions, OperatorSpanOptions, TextRedaction } from './instrumentation-options.ts';
export { innerPlan, isInstrumented } from './live/instrumented-plan.ts';
// For other Planscope packages
export { engineSpanRecorder } from './report/engine-span-recorder.ts';
export { type IoReportOptions, ioReportRecorder } from './report/io-report-recorder.ts';
export { type OperatorReportOptions, operatorReportRecorder } from './report/operator-report-recorder.ts';
export type { ReportParent } from './report/report-parent.ts';
export { type ReportRecordersOptions, reportRecorders } from './report/report-recorders.ts';
export { type StageReportOptions, stageReportRecorder } from './report/stage-report-recorder.ts';
export { type QuerySpanOptions, traceQuery } from './trace-query.ts';
