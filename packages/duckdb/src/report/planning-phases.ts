import type { PhaseReport, ReportedTiming, RuleReport } from '@planscope/plan';
import type { PlanningProfile, TimedStep } from '../profile/query-profile.ts';
import type { PlanTexts } from './plan-texts.ts';

/**
 * DuckDB's planner in Planscope's phases: planner and binding are the analysis, the optimizers are its rules, the
 * physical planner makes the physical plan.
 *
 * @param plans the plans between the phases, where they were asked for
 */
export function planningPhases(planning: PlanningProfile, plans: PlanTexts = {}): PhaseReport[] {
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
      rules: planning.optimizer.map(rule),
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

function timing(duration: number): ReportedTiming {
  return { basis: 'engine_duration', duration: String(duration) };
}

function plan(
  key: 'planBefore' | 'planAfter',
  text: string | undefined,
): { [key in 'planBefore' | 'planAfter']?: string } {
  return text === undefined ? {} : { [key]: text };
}
