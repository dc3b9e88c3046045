import type { Attributes, Span } from '@opentelemetry/api';
import type { PlanningCall, PlanningOutcome } from '@planscope/plan';
import {
  ATTR_DATAFUSION_EFFECTIVE_RULES,
  ATTR_DATAFUSION_LOGICAL_PLAN,
  ATTR_DATAFUSION_OPTIMIZER_MAX_PASSES,
  ATTR_DATAFUSION_OPTIMIZER_PASS,
  ATTR_DATAFUSION_PHYSICAL_PLAN,
  ATTR_DATAFUSION_PLAN_DIFF,
  ATTR_PLAN_DIFF_BASIS,
  ATTR_PLANNER,
  ATTR_RULE_MAY_FAIL,
  ATTR_RULE_NAME,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  MODIFIED_SUFFIX,
} from '@planscope/semconv';
import type { PlanTexts } from './plan-texts.ts';
import type { PlanningSettings } from './planning-options.ts';

/** The attributes of a phase or rule before it runs, which samplers can see. */
export function startAttributes(call: PlanningCall, planner: string): Attributes {
  const shared: Attributes = {
    [ATTR_SPAN_KIND]: call.kind,
    [ATTR_TIMING_BASIS]: 'measured',
    [ATTR_PLANNER]: planner,
    ...(call.pass === undefined ? {} : { [ATTR_DATAFUSION_OPTIMIZER_PASS]: call.pass }),
  };
  if (call.kind === 'rule') {
    return { ...shared, [ATTR_RULE_NAME]: call.rule, ...(call.mayFail ? { [ATTR_RULE_MAY_FAIL]: true } : {}) };
  }
  return call.maxPasses === undefined ? shared : { ...shared, [ATTR_DATAFUSION_OPTIMIZER_MAX_PASSES]: call.maxPasses };
}

/** Records the logical plan before a physical plan is created from it. */
export function recordInput(span: Span, call: PlanningCall, texts: PlanTexts): void {
  if (call.phase !== 'create_physical_plan' || call.kind !== 'phase') return;
  span.setAttribute(ATTR_DATAFUSION_LOGICAL_PLAN, texts.plan(call.plan));
}

/** Records the result of a phase or rule. */
export function recordOutcome(
  span: Span,
  call: PlanningCall,
  outcome: PlanningOutcome,
  settings: PlanningSettings,
  texts: PlanTexts,
): void {
  if (call.kind === 'phase' && call.phase === 'create_physical_plan') {
    span.setAttribute(ATTR_DATAFUSION_PHYSICAL_PLAN, texts.plan(outcome.plan));
    return;
  }
  if (call.kind === 'rule' && outcome.changed) span.updateName(call.rule + MODIFIED_SUFFIX);
  // Omit an empty list, because some receivers cannot read it.
  if (call.kind === 'phase' && outcome.effectiveRules.length > 0) {
    span.setAttribute(ATTR_DATAFUSION_EFFECTIVE_RULES, [...outcome.effectiveRules]);
  }
  if (!outcome.changed || !settings.planDiff) return;
  const diff = texts.diff(call.plan, outcome.plan);
  if (diff !== '') span.setAttributes({ [ATTR_DATAFUSION_PLAN_DIFF]: diff, [ATTR_PLAN_DIFF_BASIS]: 'observed' });
}
