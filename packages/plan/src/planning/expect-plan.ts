import type { Batch } from '../execution/batch.ts';
import type { ExecutionPlan } from '../node/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { PlanError } from '../plan-error.ts';

/**
 * The value as a logical plan.
 *
 * @param source who returned it
 * @throws PlanError `invalid-plan` when it is none, for example because a rule forgot to return
 */
export function expectLogicalPlan(value: unknown, source: string): LogicalPlan {
  if (isPlan(value)) return value;
  throw new PlanError(
    'invalid-plan',
    `${source} returned ${kindOf(value)}; should be a plan, the given one if unchanged`,
  );
}

/**
 * The value as a physical plan.
 *
 * @param source who returned it
 * @throws PlanError `invalid-plan` when it is none
 */
export function expectExecutionPlan(value: unknown, source: string): ExecutionPlan<Batch> {
  const plan = expectLogicalPlan(value, source);
  if (isExecutionPlan(plan)) return plan;
  throw new PlanError('invalid-plan', `${source} returned the logical node "${plan.name}"; should be a physical plan`);
}

function isPlan(value: unknown): value is LogicalPlan {
  if (typeof value !== 'object' || value === null) return false;
  const { name, children, describe, withNewChildren } = value as Partial<LogicalPlan>;
  return (
    typeof name === 'string' &&
    Array.isArray(children) &&
    typeof describe === 'function' &&
    typeof withNewChildren === 'function'
  );
}

function isExecutionPlan(plan: LogicalPlan): plan is ExecutionPlan<Batch> {
  return typeof (plan as Partial<ExecutionPlan<Batch>>).execute === 'function';
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  return typeof (value as { then?: unknown }).then === 'function' ? 'a promise' : 'an object that is no plan';
}
