import { displayPlan } from '../node/display-plan.ts';
import { walkPlan } from '../node/walk-plan.ts';
import type { MetricReport } from '../report/engine-report.ts';
import type {
  EngineDocument,
  ExecutionDocument,
  NodeDocument,
  PhysicalNodeDocument,
  PlanDocument,
  PlanGraph,
} from './plan-document.ts';

/** A plan as indented text, with one line for each node and its metrics in brackets. */
export function planText(document: PlanDocument): string {
  return planSections(document)
    .map(({ title, roots }) => displayPlan(renderedNode(title, title, [], roots), { line: (node) => node.line }))
    .join('\n\n');
}

/** Maximum length of a line in a box. A diagram is an overview; the text has the rest. */
const MAX_LINE = 120;

/**
 * A plan as a Mermaid flowchart, with parents above children. A shared node is one box with several incoming arrows.
 */
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

/**
 * Escapes a label. Mermaid interprets quotes, tags, entities and Markdown in labels, but not numeric character codes.
 */
function escaped(line: string): string {
  return line.replace(/[^\p{L}\p{N}_ ?.,:=()[\]/…-]/gu, (character) => `#${character.codePointAt(0)};`);
}

/** A node to render, with references to its children. */
interface RenderedNode {
  readonly name: string;
  /** Description in one line, without executions. */
  readonly description: string;
  /** One line for each execution. */
  readonly notes: readonly string[];
  readonly children: readonly RenderedNode[];
  /** Description and notes in one line. */
  readonly line: string;
}

/** @param children the caller may add to them later */
function renderedNode(
  name: string,
  description: string,
  notes: readonly string[],
  children: readonly RenderedNode[],
): RenderedNode {
  const line = [description, ...notes.map((note) => `[${note}]`)].join(' ');
  return { name, description, notes, children, line };
}

/** A plan of a document with its title. */
interface PlanSection {
  readonly key: 'logical' | 'physical';
  readonly title: string;
  readonly roots: readonly RenderedNode[];
}

/** The plans of a document to render. The operators of an engine are below the node that ran it. */
function planSections({ logical, physical }: PlanDocument): PlanSection[] {
  const sections: PlanSection[] = [];
  if (logical !== undefined) {
    sections.push({ key: 'logical', title: 'Logical plan', roots: link(logical, () => ({ notes: [], below: [] })) });
  }
  if (physical !== undefined) {
    sections.push({ key: 'physical', title: 'Physical plan', roots: link(physical, physicalExtras) });
  }
  return sections;
}

/** What a rendering shows besides the line and the children of a node. */
interface Extras {
  readonly notes: readonly string[];
  readonly below: readonly RenderedNode[];
}

function link<Node extends NodeDocument>(
  { roots, nodes }: PlanGraph<Node>,
  extras: (node: Node) => Extras,
): RenderedNode[] {
  const linked = new Map<string, { readonly node: RenderedNode; readonly children: RenderedNode[] }>();
  for (const node of nodes) {
    const { notes, below } = extras(node);
    const children = [...below];
    linked.set(node.id, { node: renderedNode(node.name, node.description, notes, children), children });
  }
  const find = (id: string): RenderedNode[] => {
    const found = linked.get(id);
    return found === undefined ? [] : [found.node];
  };
  for (const { id, children } of nodes) linked.get(id)?.children.push(...children.flatMap(find));
  return roots.flatMap(find);
}

function physicalExtras({ executions }: PhysicalNodeDocument): Extras {
  return {
    notes: executions.flatMap(executionNotes),
    below: executions.flatMap(({ engines }) => engines.map(engineNode)),
  };
}

function executionNotes({ status, metrics }: ExecutionDocument): string[] {
  return status === 'ok' ? metricNotes(metrics) : [[status, ...metricNotes(metrics)].join(', ')];
}

function engineNode({ engine, status, operators }: EngineDocument): RenderedNode {
  const roots = link(operators, ({ metrics }) => ({ notes: metricNotes(metrics), below: [] }));
  return renderedNode(engine.name, `${engine.name} ${engine.version}`.trim(), status === 'ok' ? [] : [status], roots);
}

function metricNotes(metrics: readonly MetricReport[]): string[] {
  return metrics.length === 0 ? [] : [metrics.map(metricText).join(', ')];
}

/** Omits a unit in braces, which only repeats what the name says. */
function metricText({ name, unit, value }: MetricReport): string {
  return unit === '1' || unit.startsWith('{') ? `${name}=${value}` : `${name}=${value} ${unit}`;
}
