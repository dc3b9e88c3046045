// For users
export { instrumentSession } from './instrument-session.ts';
export { planningInterceptor } from './planning-interceptor.ts';
export type { PlanningRedaction, PlanningSpanPredicate, PlanningTraceOptions, RuleMode } from './planning-options.ts';
export { PlanningOptionsError } from './planning-options-error.ts';
// For other Planscope packages
export { planningReportRecorder } from './planning-report-recorder.ts';
