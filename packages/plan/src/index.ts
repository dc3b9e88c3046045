// For users and for other Planscope packages: the contract.
export type { NodeExecution, PlanSource } from './document/create-plan-document.ts';
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
export type { TextRedactor } from './document/text-redactor.ts';
export { type Batch, isRecordBatch, type RowBatch } from './execution/batch.ts';
export { createExecution, type ExecutionBody } from './execution/create-execution.ts';
export { createTaskContext, type TaskContextOptions } from './execution/create-task-context.ts';
export type { Artifact, Execution, ExecutionOutcome } from './execution/execution.ts';
export type { ExecutionStatus } from './execution/execution-status.ts';
export { fileExecution } from './execution/file-execution.ts';
export type { OperatorObserver, OperatorRecord } from './execution/operator-record.ts';
export type { RunIdentity } from './execution/run-identity.ts';
export { SharedExecutions } from './execution/shared-executions.ts';
export { SpanBudget } from './execution/span-budget.ts';
export type { TaskContext } from './execution/task-context.ts';
export type { RunWarning, WarningSink } from './execution/warning.ts';
export { type Metric, MetricsSet } from './metrics/metrics-set.ts';
export { type DescribedNode, describeNode, type FieldRenderer } from './node/describe-node.ts';
export { type DisplayedNode, type DisplayOptions, displayPlan } from './node/display-plan.ts';
export type { ExecutionPlan } from './node/execution-plan.ts';
export { expectChildCount } from './node/expect-child-count.ts';
export { type FieldTexts, fieldRenderer } from './node/field-renderer.ts';
export type { LogicalPlan } from './node/logical-plan.ts';
export type { NodeField } from './node/node-field.ts';
export type { PlanNode } from './node/plan-node.ts';
export { type PlanProperties, singlePartition } from './node/plan-properties.ts';
export { samePlan } from './node/same-plan.ts';
export { type TransformDirection, transformPlan } from './node/transform-plan.ts';
export { type WalkOrder, walkPlan } from './node/walk-plan.ts';
export { PlanError, type PlanErrorCode } from './plan-error.ts';
export { type PlannedQuery, planQuery } from './planning/plan-query.ts';
export { planStatement, type StatementSession } from './planning/plan-statement.ts';
export type { PlanningContext } from './planning/planning-context.ts';
export type {
  PhaseCall,
  PlanningCall,
  PlanningInterceptor,
  PlanningOutcome,
  PlanningStep,
  RuleCall,
} from './planning/planning-interceptor.ts';
export type { PlanningPhase } from './planning/planning-phase.ts';
export type { AnalyzerRule, OptimizerRule, PhysicalOptimizerRule, Rule } from './planning/rules.ts';
export type { QueryPlanner, SessionState } from './planning/session-state.ts';
export { DEFAULT_MAX_PASSES, validateSessionState } from './planning/validate-session-state.ts';
export { type ClampedWindow, clampWindow } from './report/clamp-window.ts';
export { contextClock, withContextClock } from './report/context-clock.ts';
export { enginePlace, engineSpanContext } from './report/engine-place.ts';
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
} from './report/engine-report.ts';
export { readEngineReport } from './report/read-engine-report.ts';
export { operatorsBelow, type PlacedOperator, reportOperators } from './report/report-operators.ts';
export type { ReportPlace, ReportRecorder, ReportScope } from './report/report-recorder.ts';
export { reportedDuration } from './report/reported-duration.ts';
export { displayReportedPlan, type PlanNodeReport, type PlanReport } from './report/reported-plan.ts';
export { stagesBottomUp } from './report/stage-order.ts';
export { stageSpread } from './report/stage-spread.ts';
export { createUnixClock, type UnixClock } from './report/unix-clock.ts';
export { fromHrTime, toHrTime } from './report/unix-nanoseconds.ts';
