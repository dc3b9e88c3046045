import { describeNode, displayPlan, type ExecutionPlan, type LogicalPlan } from '@planscope/plan';
import { createPlaceholders, redactPlan, truncateText } from '@planscope/redaction';
import type { PlanningSettings } from './planning-options.ts';
import { unifiedDiff } from './unified-diff.ts';

const DIFFERED_TEXTS = 4;

/** A plan, or the text that an engine displayed it as. */
type PlanOrText = LogicalPlan | ExecutionPlan | string;

/** The plans of one span as texts fit for it: literals replaced, numbered alike in all of them, and cut to size. */
export interface PlanTexts {
  plan(plan: PlanOrText): string;
  /** Empty when the texts do not differ. */
  diff(before: PlanOrText, after: PlanOrText): string;
}

/**
 * The texts of one span. Keep it no longer than that: its placeholders hold the literals they stand for.
 *
 * @param identifiers names that may stand; where given, any other name counts as data
 */
export function planTexts({ redaction, maxTextBytes }: PlanningSettings, identifiers?: readonly string[]): PlanTexts {
  // A difference may need more of both sides than one text may have.
  const maxBytes = DIFFERED_TEXTS * maxTextBytes;
  const options = {
    maxBytes,
    placeholders: createPlaceholders(),
    ...(identifiers === undefined ? {} : { identifiers }),
  };
  // Most lines of a plan come again in the next: both sides of a diff, both plans of a phase.
  const redacted = new Map<string, string>();
  const redact = (text: string): string => {
    if (redaction.plans === 'raw') return text;
    const known = redacted.get(text) ?? redactPlan(text, options);
    redacted.set(text, known);
    return known;
  };
  const display = (plan: PlanOrText): string =>
    typeof plan === 'string' ? redact(plan) : displayPlan(plan, { line: (node) => redact(describeNode(node)) });
  return {
    plan: (plan) => truncateText(display(plan), maxTextBytes),
    diff: (before, after) => truncateText(unifiedDiff(display(before), display(after)), maxTextBytes),
  };
}
