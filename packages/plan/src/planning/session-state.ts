import type { ExecutionPlan } from '../node/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import type { PlanningContext } from './planning-context.ts';
import type { PlanningInterceptor } from './planning-interceptor.ts';
import type { AnalyzerRule, OptimizerRule, PhysicalOptimizerRule } from './rules.ts';

/** Makes the physical plan of a logical one. */
export interface QueryPlanner {
  createPhysicalPlan(plan: LogicalPlan, context: PlanningContext): ExecutionPlan | Promise<ExecutionPlan>;
}

/** Everything that planning is made of. Immutable: instrumenting a session makes another one. */
export interface SessionState {
  readonly analyzerRules: readonly AnalyzerRule[];
  readonly optimizerRules: readonly OptimizerRule[];
  readonly physicalOptimizerRules: readonly PhysicalOptimizerRule[];
  readonly queryPlanner: QueryPlanner;
  /** Most passes of logical optimization; at least 1, default 3. */
  readonly maxPasses?: number;
  /** Around every phase and rule; the first is the outermost. */
  readonly interceptors?: readonly PlanningInterceptor[];
}
