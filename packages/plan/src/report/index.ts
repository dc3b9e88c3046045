// For users who need no plans: what an engine reports of itself, and what draws it. Free of Arrow, in its types as well.

export { type RunIdentity, type RunWarning, SpanBudget, type WarningSink } from '../execution/execution-plan.ts';
export { type DescribedNode, describeNode, type FieldRenderer, type NodeField } from '../node/plan-node.ts';
export type { PlanningPhase } from '../planning/planning-phase.ts';
export { reportedDuration } from './clamp-window.ts';
export type {
  DecimalString,
  EngineErrorReport,
  EngineReport,
  ExecutionStatus,
  HttpRequestReport,
  IoReport,
  MetricReport,
  OperatorReport,
  OtherTasksReport,
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
export {
  enginePlace,
  engineSpanContext,
  type ReportPlace,
  type ReportRecorder,
  type ReportScope,
} from './report-recorder.ts';
export {
  operatorsBelow,
  type PlacedOperator,
  reportOperators,
  stageSpread,
  stagesBottomUp,
  stageTaskCounts,
} from './report-stages.ts';
export type { PlanNodeReport, PlanReport } from './reported-plan.ts';
export { contextClock, createUnixClock, toHrTime, type UnixClock, withContextClock } from './unix-clock.ts';
