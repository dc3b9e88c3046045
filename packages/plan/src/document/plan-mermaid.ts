import { walkPlan } from '../node/walk-plan.ts';
import type { PlanDocument } from './plan-document.ts';
import { type PlanSection, planSections, type RenderedNode, renderedNode } from './plan-sections.ts';

/** Characters of one line of a box; a diagram is for an overview, the text has the rest. */
const MAX_LINE = 120;

/** A plan as a Mermaid flowchart, parents above their children; a shared node is one box with several arrows to it. */
export function planMermaid(document: PlanDocument): string {
  return ['flowchart TD', ...planSections(document).flatMap(sectionLines)].join('\n');
}

function sectionLines({ key, title, roots }: PlanSection): string[] {
  const top = renderedNode(title, title, [], roots);
  const ids = new Map<RenderedNode, string>();
  for (const node of walkPlan(top)) {
    if (node !== top) ids.set(node, `${key}_${ids.size + 1}`);
  }
  const boxes = [...ids].map(([node, id]) => `    ${id}["${label(node)}"]`);
  const arrows = [...ids].flatMap(([node, id]) => node.children.map((child) => `    ${id} --> ${ids.get(child)}`));
  return [`  subgraph ${key} ["${title}"]`, ...boxes, ...arrows, '  end'];
}

function label({ description, notes }: RenderedNode): string {
  return [description, ...notes].map((line) => escaped(cut(line))).join('<br/>');
}

function cut(line: string): string {
  const characters = Array.from(line);
  return characters.length <= MAX_LINE ? line : `${characters.slice(0, MAX_LINE - 1).join('')}…`;
}

/** Mermaid reads quotes, tags, entities and Markdown in a label; a character by its number stands for itself. */
function escaped(line: string): string {
  return line.replace(/[^\p{L}\p{N}_ ?.,:=()[\]/…-]/gu, (character) => `#${character.codePointAt(0)};`);
}
