// For users: engines and nodes of their own held to the contract, and small nodes to test with.
export {
  type ConformanceCheck,
  ConformanceError,
  type ConformanceOptions,
  type ReportConformanceOptions,
} from './conformance-check.ts';
export { engineReportConformance } from './engine-report-conformance.ts';
export { executionPlanConformance } from './execution-plan-conformance.ts';
export { type CollectedWarnings, testPlanningContext, testTaskContext } from './test-context.ts';
export { FailingExec, logicalNode, UnionExec, ValuesExec } from './test-plans.ts';
