// For users
export { instrumentSession, planningInterceptor } from './planning-interceptor.ts';
export {
  PlanningOptionsError,
  type PlanningRedaction,
  type PlanningSpanPredicate,
  type PlanningTraceOptions,
  type RuleMode,
} from './planning-options.ts';
// For other Planscope packages
export { planningReportRecorder } from './planning-report-recorder.ts';
