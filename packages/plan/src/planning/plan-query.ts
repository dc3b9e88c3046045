import type { RecordBatch } from 'apache-arrow';
import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { expectExecutionPlan, planningStep } from './planning-step.ts';
import { DEFAULT_MAX_PASSES, type PlanningContext, type SessionState, validateSessionState } from './session-state.ts';

/** The result of planning. */
export interface PlannedQuery<Rows extends Batch = RecordBatch> {
  /** The plan to execute. */
  readonly plan: ExecutionPlan<Rows>;
  /** The optimized logical plan from which it was created. */
  readonly logicalPlan: LogicalPlan;
}

/**
 * Plans one query: analyzes it once, optimizes it in passes until a pass changes nothing or `maxPasses` have run,
 * creates the physical plan, and optimizes that once.
 *
 * Every phase and rule goes through the interceptors of the session. A phase without rules also runs, so that every
 * trace shows it. The signal is checked before each phase and rule; a slow rule must listen to it itself. There is no
 * state between calls, so queries can be planned concurrently, and a rule can plan a subquery with its context.
 *
 * If a rule fails, planning throws its unaltered error. A rule with `mayFail` raises the warning `rule-failed` instead,
 * and its phase continues with the plan before the rule.
 *
 * @throws PlanError `invalid-session` or `rule-order` before anything runs; `invalid-plan` if a rule or the query
 * planner returns something that is not a plan
 * @throws the signal's reason if it is aborted
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
