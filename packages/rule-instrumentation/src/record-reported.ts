import type { Attributes, Span } from '@opentelemetry/api';
import { displayReportedPlan, type PhaseReport, type RuleReport } from '@planscope/plan';
import {
  ATTR_DATAFUSION_EFFECTIVE_RULES,
  ATTR_DATAFUSION_LOGICAL_PLAN,
  ATTR_DATAFUSION_PHYSICAL_PLAN,
  ATTR_DATAFUSION_PLAN_DIFF,
  ATTR_PLAN_DIFF_BASIS,
  ATTR_PLAN_DIFF_UNAVAILABLE_REASON,
} from '@planscope/semconv';
import { type PlanTexts, planTexts } from './plan-texts.ts';
import type { PlanningSettings } from './planning-options.ts';

/** Whether a rule changed the plan: as the engine says, else as its plans show; undefined when neither does. */
export function ruleChanged({ changed, applied, planBefore, planAfter }: RuleReport): boolean | undefined {
  if (applied !== undefined) return applied > 0;
  if (changed !== undefined || planBefore === undefined || planAfter === undefined) return changed;
  return displayReportedPlan(planBefore) !== displayReportedPlan(planAfter);
}

/** Records what a reported phase came to. */
export function recordReportedPhase(
  span: Span,
  phase: PhaseReport,
  settings: PlanningSettings,
  identifiers?: readonly string[],
): void {
  const known = phase.rules.map(ruleChanged);
  if (known.length > 0 && !known.includes(undefined)) {
    const effective = phase.rules.filter((_, index) => known[index] === true).map((rule) => rule.name);
    if (effective.length > 0) span.setAttribute(ATTR_DATAFUSION_EFFECTIVE_RULES, effective);
  }
  const texts = planTexts(settings, identifiers);
  span.setAttributes(plansOf(phase, texts));
  if (settings.planDiff && phase.phase !== 'create_physical_plan') recordDiff(span, phase, 'reported', texts);
}

/** Records what a reported rule came to. */
export function recordReportedRule(
  span: Span,
  rule: RuleReport,
  settings: PlanningSettings,
  identifiers?: readonly string[],
): void {
  if (!settings.planDiff) return;
  recordDiff(span, rule, rule.planBasis ?? 'reported', planTexts(settings, identifiers));
  const { changed, planBefore, planAfter, plansUnavailable } = rule;
  if (planBefore !== undefined && planAfter !== undefined) return;
  if (changed === true || plansUnavailable !== undefined) span.setAttribute(ATTR_PLAN_DIFF_BASIS, 'unavailable');
  if (plansUnavailable !== undefined) span.setAttribute(ATTR_PLAN_DIFF_UNAVAILABLE_REASON, plansUnavailable);
}

function plansOf({ phase, planBefore, planAfter }: PhaseReport, texts: PlanTexts): Attributes {
  const attributes: Attributes = {};
  if (phase === 'create_physical_plan') {
    if (planBefore !== undefined) attributes[ATTR_DATAFUSION_LOGICAL_PLAN] = texts.plan(planBefore);
    if (planAfter !== undefined) attributes[ATTR_DATAFUSION_PHYSICAL_PLAN] = texts.plan(planAfter);
  } else if (phase === 'analyze_logical_plan' && planAfter !== undefined) {
    attributes[ATTR_DATAFUSION_LOGICAL_PLAN] = texts.plan(planAfter);
  }
  return attributes;
}

function recordDiff(
  span: Span,
  { planBefore, planAfter }: Pick<RuleReport, 'planBefore' | 'planAfter'>,
  basis: 'reported' | 'ablation',
  texts: PlanTexts,
): void {
  if (planBefore === undefined || planAfter === undefined) return;
  const diff = texts.diff(planBefore, planAfter);
  if (diff !== '') span.setAttributes({ [ATTR_DATAFUSION_PLAN_DIFF]: diff, [ATTR_PLAN_DIFF_BASIS]: basis });
}
