import type { RecordBatch } from 'apache-arrow';
import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { expectExecutionPlan, planningStep } from './planning-step.ts';
import { DEFAULT_MAX_PASSES, type PlanningContext, type SessionState, validateSessionState } from './session-state.ts';

/** What planning came to. */
export interface PlannedQuery<Rows extends Batch = RecordBatch> {
  /** The plan to execute. */
  readonly plan: ExecutionPlan<Rows>;
  /** The optimized logical plan that it was made from. */
  readonly logicalPlan: LogicalPlan;
}

/**
 * Plans one query: analyze once, optimize in passes until one changes nothing or `maxPasses` have run, create the
 * physical plan, optimize it once.
 *
 * Every phase and rule goes through the session's interceptors; a phase without rules runs, too, so that a trace
 * always shows it. The signal is looked at before each phase and rule: a rule that takes long listens to it itself.
 * Nothing is kept between calls, so queries may be planned concurrently, and a rule may plan a subquery with the
 * context it was given.
 *
 * A rule that fails ends planning with its error, unaltered. One that `mayFail` raises the warning `rule-failed`
 * instead, and its phase goes on with the plan the rule was given.
 *
 * @throws PlanError `invalid-session` or `rule-order` before anything has run; `invalid-plan` when a rule or the query
 * planner returns something that is no plan
 * @throws the signal's reason when it is aborted
 */
export async function planQuery<Rows extends Batch = RecordBatch>(
  state: SessionState<Rows>,
  plan: LogicalPlan,
  context: PlanningContext,
): Promise<PlannedQuery<Rows>> {
  validateSessionState(state);
  const step = planningStep(state);
  const analyzed = await step({ kind: 'phase', phase: 'analyze_logical_plan', plan, context });
  let logicalPlan: LogicalPlan = analyzed.plan;
  const maxPasses = state.maxPasses ?? DEFAULT_MAX_PASSES;
  for (let pass = 1; pass <= maxPasses; pass += 1) {
    const call = {
      kind: 'phase',
      phase: 'optimize_logical_plan',
      plan: logicalPlan,
      context,
      pass,
      maxPasses,
    } as const;
    const optimized = await step(call);
    logicalPlan = optimized.plan;
    if (!optimized.changed) break;
  }
  const created = await step({ kind: 'phase', phase: 'create_physical_plan', plan: logicalPlan, context });
  const optimized = await step({ kind: 'phase', phase: 'optimize_physical_plan', plan: created.plan, context });
  context.signal.throwIfAborted();
  const physicalPlan = expectExecutionPlan(optimized.plan, 'optimize_physical_plan') as ExecutionPlan<Rows>;
  return { plan: physicalPlan, logicalPlan };
}
