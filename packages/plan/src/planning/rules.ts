import type { RecordBatch } from 'apache-arrow';
import type { Batch } from '../execution/batch.ts';
import type { ExecutionPlan } from '../node/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import type { PlanningContext } from './planning-context.ts';

/**
 * One step of a phase, from plan to plan. A rule that changes nothing returns the plan it was given.
 *
 * @typeParam Plan LogicalPlan or ExecutionPlan
 */
export interface Rule<Plan> {
  readonly name: string;
  /** True when its failure is a warning and the phase goes on with the plan it was given. */
  readonly mayFail?: boolean;
  /** True when no rule may come after it in its list; planning is refused, naming the rules that do. */
  readonly mustBeLast?: boolean;
  apply(plan: Plan, context: PlanningContext): Plan | Promise<Plan>;
}

/** Checks and completes a logical plan: names, types, schemas. Runs once. */
export type AnalyzerRule = Rule<LogicalPlan>;
/** Rewrites a logical plan into a better one with the same result. Runs in passes. */
export type OptimizerRule = Rule<LogicalPlan>;
/** Rewrites a physical plan into a better one with the same result. Runs once. */
export type PhysicalOptimizerRule<Rows extends Batch = RecordBatch> = Rule<ExecutionPlan<Rows>>;
