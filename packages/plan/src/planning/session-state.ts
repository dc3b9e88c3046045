import type { RecordBatch } from 'apache-arrow';
import type { Batch } from '../execution/batch.ts';
import type { ExecutionPlan } from '../node/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import type { PlanningContext } from './planning-context.ts';
import type { PlanningInterceptor } from './planning-interceptor.ts';
import type { AnalyzerRule, OptimizerRule, PhysicalOptimizerRule } from './rules.ts';

/** Makes the physical plan of a logical one. */
export interface QueryPlanner<Rows extends Batch = RecordBatch> {
  createPhysicalPlan(plan: LogicalPlan, context: PlanningContext): ExecutionPlan<Rows> | Promise<ExecutionPlan<Rows>>;
}

/** Everything that planning is made of. Immutable: instrumenting a session makes another one. */
export interface SessionState<Rows extends Batch = RecordBatch> {
  readonly analyzerRules: readonly AnalyzerRule[];
  readonly optimizerRules: readonly OptimizerRule[];
  readonly physicalOptimizerRules: readonly PhysicalOptimizerRule<Rows>[];
  readonly queryPlanner: QueryPlanner<Rows>;
  /** Most passes of logical optimization; at least 1, default 3. */
  readonly maxPasses?: number;
  /** Around every phase and rule; the first is the outermost. */
  readonly interceptors?: readonly PlanningInterceptor[];
}
