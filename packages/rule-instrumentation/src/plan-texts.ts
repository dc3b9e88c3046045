import {
  type Batch,
  type DescribedNode,
  describeNode,
  displayPlan,
  displayReportedPlan,
  type ExecutionPlan,
  fieldRenderer,
  type LogicalPlan,
  type PlanReport,
} from '@planscope/plan';
import { createPlaceholders, createTextsByKind, redactPlan, truncateText } from '@planscope/redaction';
import type { PlanningSettings } from './planning-options.ts';
import { unifiedDiff } from './unified-diff.ts';

const DIFFERED_TEXTS = 4;

/** A plan of this process, or a reported plan. */
type AnyPlan = LogicalPlan | ExecutionPlan<Batch> | PlanReport;

/** The plans of one span as texts: literals replaced, with the same numbers in all of them, and truncated. */
export interface PlanTexts {
  plan(plan: AnyPlan): string;
  /** Empty if the texts are equal. */
  diff(before: AnyPlan, after: AnyPlan): string;
}

/**
 * The texts of one span. Do not keep it longer than the span, because its placeholders contain the literals.
 *
 * @param identifiers names that may be shown; if given, any other name is treated as data
 */
export function planTexts(settings: PlanningSettings, identifiers?: readonly string[]): PlanTexts {
  const { redaction, dialect, maxTextBytes } = settings;
  // A diff may need more of both sides than the limit for one text.
  const maxBytes = DIFFERED_TEXTS * maxTextBytes;
  const options = {
    dialect,
    maxBytes,
    placeholders: createPlaceholders(),
    ...(identifiers === undefined ? {} : { identifiers }),
  };
  // Most lines of a plan are also in the next one: both sides of a diff, both plans of a phase.
  const redacted = new Map<string, string>();
  const once = (line: string, redact: () => string): string => {
    if (redaction.planLiterals === 'keep') return line;
    const known = redacted.get(line) ?? redact();
    redacted.set(line, known);
    return known;
  };
  const show = fieldRenderer(createTextsByKind({ dialect, maxBytes }), options);
  const line = (node: DescribedNode): string => once(describeNode(node), () => describeNode(node, show));
  const display = (plan: AnyPlan): string => {
    if (typeof plan === 'string') return once(plan, () => redactPlan(plan, options));
    return isReported(plan) ? displayReportedPlan(plan, line) : displayPlan(plan, { line });
  };
  return {
    plan: (plan) => truncateText(display(plan), maxTextBytes),
    diff: (before, after) => truncateText(unifiedDiff(display(before), display(after)), maxTextBytes),
  };
}

/** `Array.isArray` does not narrow a readonly array. */
function isReported(plan: AnyPlan): plan is Exclude<PlanReport, string> {
  return Array.isArray(plan);
}
