// For users: checks of the contract for their own engines and nodes, and small nodes for tests.
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
