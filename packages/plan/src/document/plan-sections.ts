import type { MetricReport } from '../report/engine-report.ts';
import type {
  EngineDocument,
  ExecutionDocument,
  NodeDocument,
  PhysicalNodeDocument,
  PlanDocument,
  PlanGraph,
} from './plan-document.ts';

/** A node of a document with its children at hand, as it is rendered. */
export interface RenderedNode {
  readonly name: string;
  /** One line, without what came of it. */
  readonly description: string;
  /** What its executions came to, one line each. */
  readonly notes: readonly string[];
  readonly children: readonly RenderedNode[];
  /** Description and notes in one line. */
  readonly line: string;
}

/** @param children may still be filled by whoever made them */
export function renderedNode(
  name: string,
  description: string,
  notes: readonly string[],
  children: readonly RenderedNode[],
): RenderedNode {
  const line = [description, ...notes.map((note) => `[${note}]`)].join(' ');
  return { name, description, notes, children, line };
}

/** A plan of a document, under its title. */
export interface PlanSection {
  readonly key: 'logical' | 'physical';
  readonly title: string;
  readonly roots: readonly RenderedNode[];
}

/** The plans of a document as they are rendered; what an engine ran stands below the node that ran it. */
export function planSections({ logical, physical }: PlanDocument): PlanSection[] {
  const sections: PlanSection[] = [];
  if (logical !== undefined) {
    sections.push({ key: 'logical', title: 'Logical plan', roots: link(logical, () => ({ notes: [], below: [] })) });
  }
  if (physical !== undefined) {
    sections.push({ key: 'physical', title: 'Physical plan', roots: link(physical, physicalExtras) });
  }
  return sections;
}

/** What a rendering shows of a node beside its line and its children. */
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

/** A unit in braces only says what is counted, which the name does, too. */
function metricText({ name, unit, value }: MetricReport): string {
  return unit === '1' || unit.startsWith('{') ? `${name}=${value}` : `${name}=${value} ${unit}`;
}
