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

/** A plan of this process, or one that an engine reported. */
type AnyPlan = LogicalPlan | ExecutionPlan<Batch> | PlanReport;

/** The plans of one span as texts fit for it: literals replaced, numbered alike in all of them, and cut to size. */
export interface PlanTexts {
  plan(plan: AnyPlan): string;
  /** Empty when the texts do not differ. */
  diff(before: AnyPlan, after: AnyPlan): string;
}

/**
 * The texts of one span. Keep it no longer than that: its placeholders hold the literals they stand for.
 *
 * @param identifiers names that may be; where given, any other name counts as data
 */
export function planTexts(settings: PlanningSettings, identifiers?: readonly string[]): PlanTexts {
  const { redaction, dialect, maxTextBytes } = settings;
  // A difference may need more of both sides than one text may have.
  const maxBytes = DIFFERED_TEXTS * maxTextBytes;
  const options = {
    dialect,
    maxBytes,
    placeholders: createPlaceholders(),
    ...(identifiers === undefined ? {} : { identifiers }),
  };
  // Most lines of a plan come again in the next: both sides of a diff, both plans of a phase.
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

/** `Array.isArray` does not tell a list that may not be changed from the other kinds of plan. */
function isReported(plan: AnyPlan): plan is Exclude<PlanReport, string> {
  return Array.isArray(plan);
}
