// For other Planscope packages: the recorders of engine reports, which come without previews and without Arrow.
export type { IoReportOptions } from './io-report-recorder.ts';
export type { OperatorReportOptions } from './operator-report-recorder.ts';
export { type ReportRecordersOptions, reportRecorders } from './report-recorders.ts';
export type { StageReportOptions } from './stage-report-recorder.ts';
