import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { samePlan } from '../node/walk-plan.ts';
import { PlanError } from '../plan-error.ts';
import type { PlanningPhase } from './planning-phase.ts';
import type { PhaseCall, PlanningOutcome, PlanningStep, Rule, RuleCall, SessionState } from './session-state.ts';

type AnyPlan = LogicalPlan | ExecutionPlan<Batch>;

/** Runs one phase or rule of a session within its interceptors. */
export function planningStep(state: SessionState<Batch>): PlanningStep {
  const rulesOf: Record<PlanningPhase, readonly Rule<LogicalPlan>[]> = {
    analyze_logical_plan: state.analyzerRules,
    optimize_logical_plan: state.optimizerRules,
    create_physical_plan: [],
    optimize_physical_plan: state.physicalOptimizerRules,
  };
  const intercepted = (state.interceptors ?? []).reduceRight<PlanningStep>(
    (next, interceptor) => interceptor(next),
    (call) =>
      call.kind === 'rule' ? applyRule(call) : call.phase === 'create_physical_plan' ? create(call) : run(call),
  );
  const step: PlanningStep = async (call) => {
    call.context.signal.throwIfAborted();
    return intercepted(call);
  };
  return step;

  async function run(call: PhaseCall): Promise<PlanningOutcome> {
    let plan: AnyPlan = call.plan;
    const effectiveRules: string[] = [];
    for (const rule of rulesOf[call.phase]) {
      const outcome = await tryRule(rule, call, plan);
      plan = outcome.plan;
      effectiveRules.push(...outcome.effectiveRules);
    }
    return { plan, changed: !samePlan(call.plan, plan), effectiveRules };
  }

  async function tryRule(rule: Rule<LogicalPlan>, phase: PhaseCall, plan: AnyPlan): Promise<PlanningOutcome> {
    const { context } = phase;
    const pass = phase.pass === undefined ? {} : { pass: phase.pass };
    const mayFail = rule.mayFail === true;
    try {
      return await step({ kind: 'rule', phase: phase.phase, rule: rule.name, mayFail, plan, context, ...pass });
    } catch (error) {
      if (!mayFail || context.signal.aborted) throw error;
      const message = `rule "${rule.name}" of ${phase.phase} failed with ${classOf(error)} and was left out`;
      context.warn({ code: 'rule-failed', message });
      return { plan, changed: false, effectiveRules: [] };
    }
  }

  async function applyRule(call: RuleCall): Promise<PlanningOutcome> {
    const rule = rulesOf[call.phase].find((candidate) => candidate.name === call.rule);
    if (rule === undefined) {
      throw new PlanError(
        'invalid-session',
        `an interceptor asked for rule "${call.rule}", which ${call.phase} has not`,
      );
    }
    const expect = call.phase === 'optimize_physical_plan' ? expectExecutionPlan : expectLogicalPlan;
    const plan = expect(await rule.apply(call.plan, call.context), `rule "${rule.name}" of ${call.phase}`);
    const changed = !samePlan<AnyPlan>(call.plan, plan);
    return { plan, changed, effectiveRules: changed ? [rule.name] : [] };
  }

  async function create(call: PhaseCall): Promise<PlanningOutcome> {
    const created = await state.queryPlanner.createPhysicalPlan(call.plan, call.context);
    return { plan: expectExecutionPlan(created, 'the query planner'), changed: true, effectiveRules: [] };
  }
}

/** Class of an error without its text, which may contain data. */
function classOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}

/**
 * Checks that a value is a logical plan.
 *
 * @param source the rule or planner that returned it
 * @throws PlanError `invalid-plan` if it is not, for example because a rule returns nothing
 */
function expectLogicalPlan(value: unknown, source: string): LogicalPlan {
  if (isPlan(value)) return value;
  throw new PlanError(
    'invalid-plan',
    `${source} returned ${kindOf(value)}; should be a plan, the given one if unchanged`,
  );
}

/**
 * Checks that a value is a physical plan.
 *
 * @param source the rule or planner that returned it
 * @throws PlanError `invalid-plan` if it is not
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
  return typeof (value as { then?: unknown }).then === 'function' ? 'a promise' : 'an object that is not a plan';
}
