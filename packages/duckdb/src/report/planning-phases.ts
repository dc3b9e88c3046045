import type { PhaseReport, ReportedTiming, RuleReport } from '@planscope/plan';
import type { OptimizerEffect } from '../ablation/ablate-optimizers.ts';
import type { PlanningProfile, TimedStep } from '../profile/query-profile.ts';
import type { PlanTexts } from './plan-texts.ts';

/**
 * DuckDB's planner in Planscope's phases: planner and binding are the analysis, the optimizers are its rules, the
 * physical planner makes the physical plan.
 *
 * @param plans the plans between the phases, where they were asked for
 * @param effects what each optimizer does to the plan, where it was found by leaving the others out
 */
export function planningPhases(
  planning: PlanningProfile,
  plans: PlanTexts = {},
  effects: ReadonlyMap<string, OptimizerEffect> = new Map(),
): PhaseReport[] {
  const { logical, optimized, physical } = plans;
  return [
    {
      phase: 'analyze_logical_plan',
      step: 'planner',
      timing: timing(planning.planner),
      rules: [rule({ name: 'planner_binding', duration: planning.binding })],
      ...plan('planAfter', logical),
    },
    {
      phase: 'optimize_logical_plan',
      step: 'all_optimizers',
      timing: timing(planning.optimizers),
      rules: planning.optimizer.map((step) => ({ ...rule(step), ...effect(effects.get(step.name)) })),
      ...plan('planBefore', logical),
      ...plan('planAfter', optimized),
    },
    {
      phase: 'create_physical_plan',
      step: 'physical_planner',
      timing: timing(planning.physicalPlanner),
      rules: planning.physicalSteps.map(rule),
      ...plan('planBefore', optimized),
      ...plan('planAfter', physical),
    },
  ];
}

function rule({ name, duration }: TimedStep): RuleReport {
  return { name, timing: timing(duration) };
}

function effect(found: OptimizerEffect | undefined): Partial<RuleReport> {
  if (found === undefined) return {};
  if (found.planBefore === found.planAfter) return { changed: false };
  return { changed: true, ...found, planBasis: 'ablation' };
}

function timing(duration: number): ReportedTiming {
  return { basis: 'engine_duration', duration: String(duration) };
}

function plan(
  key: 'planBefore' | 'planAfter',
  text: string | undefined,
): { [key in 'planBefore' | 'planAfter']?: string } {
  return text === undefined ? {} : { [key]: text };
}
