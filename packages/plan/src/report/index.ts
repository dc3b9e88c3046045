// For users who need no plans: what an engine reports of itself, and what draws it. Free of Arrow, in its types as well.
export type { ExecutionStatus } from '../execution/execution-status.ts';
export type { RunIdentity } from '../execution/run-identity.ts';
export { SpanBudget } from '../execution/span-budget.ts';
export type { RunWarning, WarningSink } from '../execution/warning.ts';
export { type DescribedNode, describeNode, type FieldRenderer } from '../node/describe-node.ts';
export type { NodeField } from '../node/node-field.ts';
export type { PlanningPhase } from '../planning/planning-phase.ts';
export { contextClock, withContextClock } from './context-clock.ts';
export { enginePlace, engineSpanContext } from './engine-place.ts';
export type {
  DecimalString,
  EngineErrorReport,
  EngineReport,
  IoReport,
  MetricReport,
  OperatorReport,
  PhaseReport,
  QueryReport,
  QueuePhase,
  QueuePhaseReport,
  ReportedTiming,
  RuleReport,
  SpreadReport,
  StageReport,
  TaskReport,
  TimeWindow,
  UnixNanoseconds,
} from './engine-report.ts';
export { readEngineReport } from './read-engine-report.ts';
export { operatorsBelow, type PlacedOperator, reportOperators } from './report-operators.ts';
export type { ReportPlace, ReportRecorder, ReportScope } from './report-recorder.ts';
export { reportedDuration } from './reported-duration.ts';
export type { PlanNodeReport, PlanReport } from './reported-plan.ts';
export { stagesBottomUp } from './stage-order.ts';
export { stageSpread } from './stage-spread.ts';
export type { UnixClock } from './unix-clock.ts';
export { toHrTime } from './unix-nanoseconds.ts';
