import type { PhaseReport, PlanReport, ReportedTiming, RuleReport } from '@planscope/plan';
import type { Ablation, OptimizerEffect } from '../ablation/ablate-optimizers.ts';
import type { PlanningProfile, TimedStep } from '../profile/query-profile.ts';
import type { ExplainedPlans } from './explain-plans.ts';

/**
 * Maps DuckDB's planner to the phases of Planscope: planner and binding are the analysis, the optimizers are the rules
 * of the optimization, and the physical planner creates the physical plan.
 *
 * @param plans the plans between the phases, if they were requested
 * @param ablation the effect of each optimizer, if it was requested; the rules then have the same order
 */
export function planningPhases(
  planning: PlanningProfile,
  plans: ExplainedPlans = {},
  ablation: Ablation = new Map(),
): PhaseReport[] {
  const { logical, optimized, physical } = plans;
  return [
    {
      phase: 'analyze_logical_plan',
      step: 'planner',
      timing: timing(planning.planner),
      rules: [rule({ name: 'planner_binding', duration: planning.binding })],
      ...given('planAfter', logical),
    },
    {
      phase: 'optimize_logical_plan',
      step: 'all_optimizers',
      timing: timing(planning.optimizers),
      rules: optimizerRules(planning.optimizer, ablation),
      ...given('planBefore', logical),
      ...given('planAfter', optimized),
    },
    {
      phase: 'create_physical_plan',
      step: 'physical_planner',
      timing: timing(planning.physicalPlanner),
      rules: planning.physicalSteps.map(rule),
      ...given('planBefore', optimized),
      ...given('planAfter', physical),
    },
  ];
}

function rule({ name, duration }: TimedStep): RuleReport {
  return { name, timing: timing(duration) };
}

/** In the order of the ablation, in which the plan after one optimizer is the plan before the next one. */
function optimizerRules(optimizers: readonly TimedStep[], ablation: Ablation): RuleReport[] {
  const order = [...ablation.keys()];
  return optimizers
    .toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name))
    .map((step) => ({ ...rule(step), ...effectOf(ablation.get(step.name)) }));
}

function effectOf(effect: OptimizerEffect | undefined): Partial<RuleReport> {
  if (effect === undefined) return {};
  if ('unavailable' in effect) return { plansUnavailable: effect.unavailable };
  if (effect.planBefore === effect.planAfter) return { changed: false, planBasis: 'ablation' };
  return { changed: true, ...effect, planBasis: 'ablation' };
}

function timing(duration: number): ReportedTiming {
  return { basis: 'engine_duration', duration: String(duration) };
}

function given(
  key: 'planBefore' | 'planAfter',
  plan: PlanReport | undefined,
): Partial<Pick<PhaseReport, 'planBefore' | 'planAfter'>> {
  return plan === undefined ? {} : { [key]: plan };
}
