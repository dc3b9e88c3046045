// For users and for other Planscope packages: the contract.
export type { NodeExecution, PlanSource, TextRedactor } from './document/create-plan-document.ts';
export type {
  EngineDocument,
  EngineNodeDocument,
  ExecutionDocument,
  NodeDocument,
  PhysicalNodeDocument,
  PlanDocument,
  PlanGraph,
  PlanningDocument,
} from './document/plan-document.ts';
export { PortablePlan, portablePlan, readPlan } from './document/portable-plan.ts';
export { createExecution, type ExecutionBody, fileExecution } from './execution/create-execution.ts';
export {
  type Artifact,
  type Batch,
  type Execution,
  type ExecutionOutcome,
  isRecordBatch,
  type RowBatch,
} from './execution/execution.ts';
export {
  createTaskContext,
  type ExecutionPlan,
  type OperatorObserver,
  type OperatorRecord,
  type PlanProperties,
  type RunIdentity,
  type RunWarning,
  SharedExecutions,
  SpanBudget,
  singlePartition,
  type TaskContext,
  type TaskContextOptions,
  type WarningSink,
} from './execution/execution-plan.ts';
export { type Metric, MetricsSet } from './metrics/metrics-set.ts';
export { type DisplayedNode, type DisplayOptions, displayPlan } from './node/display-plan.ts';
export type { LogicalPlan } from './node/logical-plan.ts';
export {
  type DescribedNode,
  describeNode,
  expectChildCount,
  type FieldRenderer,
  type FieldTexts,
  fieldRenderer,
  type NodeField,
  type PlanNode,
} from './node/plan-node.ts';
export { samePlan, type TransformDirection, transformPlan, type WalkOrder, walkPlan } from './node/walk-plan.ts';
export { PlanError, type PlanErrorCode } from './plan-error.ts';
export { type PlannedQuery, planQuery } from './planning/plan-query.ts';
export { planStatement, type StatementSession } from './planning/plan-statement.ts';
export type { PlanningPhase } from './planning/planning-phase.ts';
export {
  type AnalyzerRule,
  DEFAULT_MAX_PASSES,
  type OptimizerRule,
  type PhaseCall,
  type PhysicalOptimizerRule,
  type PlanningCall,
  type PlanningContext,
  type PlanningInterceptor,
  type PlanningOutcome,
  type PlanningStep,
  type QueryPlanner,
  type Rule,
  type RuleCall,
  type SessionState,
  validateSessionState,
} from './planning/session-state.ts';
export { type ClampedWindow, clampWindow, coveringWindow, reportedDuration } from './report/clamp-window.ts';
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
} from './report/engine-report.ts';
export { readEngineReport } from './report/read-engine-report.ts';
export {
  enginePlace,
  engineSpanContext,
  type ReportPlace,
  type ReportRecorder,
  type ReportScope,
} from './report/report-recorder.ts';
export {
  operatorsBelow,
  type PlacedOperator,
  reportOperators,
  stageSpread,
  stagesBottomUp,
  stageTaskCounts,
} from './report/report-stages.ts';
export { displayReportedPlan, type PlanNodeReport, type PlanReport } from './report/reported-plan.ts';
export {
  contextClock,
  createUnixClock,
  fromHrTime,
  toHrTime,
  type UnixClock,
  withContextClock,
} from './report/unix-clock.ts';
