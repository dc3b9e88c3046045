import { displayPlan } from '../node/display-plan.ts';
import type { PlanDocument } from './plan-document.ts';
import { planSections, renderedNode } from './plan-sections.ts';

/** A plan as indented text, one line a node, with the metrics of each in brackets. */
export function planText(document: PlanDocument): string {
  return planSections(document)
    .map(({ title, roots }) => displayPlan(renderedNode(title, title, [], roots), { line: (node) => node.line }))
    .join('\n\n');
}
