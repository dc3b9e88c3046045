import { present } from '@planscope/internal/present';
import {
  ATTR_DATAFUSION_EFFECTIVE_RULES,
  ATTR_DATAFUSION_LOGICAL_PLAN,
  ATTR_DATAFUSION_OPTIMIZER_PASS,
  ATTR_DATAFUSION_PHYSICAL_PLAN,
  ATTR_DATAFUSION_PLAN_DIFF,
  ATTR_PLAN_DIFF_BASIS,
  ATTR_PLAN_DIFF_UNAVAILABLE_REASON,
  ATTR_PLANNER,
  ATTR_PLANNING_STEP,
  ATTR_RULE_APPLIED,
  ATTR_RULE_INVOCATIONS,
  ATTR_RULE_MAY_FAIL,
  ATTR_RULE_NAME,
  MODIFIED_SUFFIX,
} from '@planscope/semconv';
import type { Phase, PlanDiff, Rule } from '../run.ts';
import { errorOf, numberOf, textOf, textsOf, timingOf } from './span-attributes.ts';
import type { TraceAttributes, TraceSpan } from './trace-span.ts';

/** @param start of the run */
export function phaseFromSpan(
  span: TraceSpan,
  start: bigint,
  queryId: string | undefined,
): Phase & { readonly rules: Rule[] } {
  const { spanId, name, attributes } = span;
  return {
    id: spanId,
    spanId,
    name,
    ...present({
      planner: textOf(attributes, ATTR_PLANNER),
      step: textOf(attributes, ATTR_PLANNING_STEP),
      pass: numberOf(attributes, ATTR_DATAFUSION_OPTIMIZER_PASS),
      queryId,
    }),
    timing: timingOf(span, start),
    ...present({ error: errorOf(span) }),
    rules: [],
    effectiveRules: textsOf(attributes, ATTR_DATAFUSION_EFFECTIVE_RULES),
    ...present({
      logicalPlan: textOf(attributes, ATTR_DATAFUSION_LOGICAL_PLAN),
      physicalPlan: textOf(attributes, ATTR_DATAFUSION_PHYSICAL_PLAN),
      planDiff: planDiff(attributes),
    }),
  };
}

/** @param start of the run */
export function ruleFromSpan(span: TraceSpan, start: bigint): Rule {
  const { spanId, name, attributes } = span;
  return {
    spanId,
    name: textOf(attributes, ATTR_RULE_NAME) ?? name,
    ...present({ step: textOf(attributes, ATTR_PLANNING_STEP) }),
    timing: timingOf(span, start),
    ...present({
      changed: hasChanged(span),
      invocations: numberOf(attributes, ATTR_RULE_INVOCATIONS),
      applied: numberOf(attributes, ATTR_RULE_APPLIED),
    }),
    ...(attributes.get(ATTR_RULE_MAY_FAIL) === true ? { mayFail: true as const } : {}),
    ...present({ error: errorOf(span), planDiff: planDiff(attributes) }),
  };
}

/** A rule that was timed live, or of which an engine tells how often it applied, is known not to have changed a plan. */
function hasChanged({ name, attributes }: TraceSpan): boolean | undefined {
  if (name.endsWith(MODIFIED_SUFFIX)) return true;
  return textOf(attributes, ATTR_PLANNER) === 'spec' || attributes.has(ATTR_RULE_APPLIED) ? false : undefined;
}

function planDiff(attributes: TraceAttributes): PlanDiff | undefined {
  const diff = present({
    text: textOf(attributes, ATTR_DATAFUSION_PLAN_DIFF),
    basis: textOf(attributes, ATTR_PLAN_DIFF_BASIS),
    unavailableReason: textOf(attributes, ATTR_PLAN_DIFF_UNAVAILABLE_REASON),
  });
  return Object.keys(diff).length === 0 ? undefined : diff;
}
