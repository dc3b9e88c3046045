import type { PlanProperties } from '../execution/execution-plan.ts';
import {
  array,
  count,
  InvalidField,
  name,
  object,
  oneOf,
  optional,
  type Reader,
  readDocument,
  string,
} from '../json/read-document.ts';
import { engine, metric, phaseName, status } from '../report/report-field-readers.ts';
import type {
  EngineDocument,
  EngineNodeDocument,
  ExecutionDocument,
  NodeDocument,
  PhysicalNodeDocument,
  PlanDocument,
  PlanGraph,
  PlanningDocument,
} from './plan-document.ts';

/** @throws PlanError `invalid-document` */
export function readPlanDocument(json: unknown): PlanDocument {
  return readDocument(json, { name: 'plan', code: 'invalid-document' }, document);
}

const nodeFields = { id: name, name, description: string, children: array(name) };

function graph<Node extends NodeDocument>(node: Reader<Node>): Reader<PlanGraph<Node>> {
  const read = object<PlanGraph<Node>>({ roots: array(name), nodes: array(node) });
  return (value, path) => {
    const checked = read(value, path);
    checkGraph(checked, path);
    return checked;
  };
}

const properties = object<PlanProperties>({
  partitionCount: count,
  partitioning: string,
  emissionType: oneOf(['incremental', 'final', 'both']),
  boundedness: oneOf(['bounded', 'unbounded']),
});

const engineDocument = object<EngineDocument>({
  engine,
  status,
  metrics: array(metric),
  planning: array(object<PlanningDocument>({ phase: phaseName, step: optional(string), plan: string })),
  operators: graph(object<EngineNodeDocument>({ ...nodeFields, metrics: array(metric) })),
});

const execution = object<ExecutionDocument>({ status, metrics: array(metric), engines: array(engineDocument) });

const document = object<PlanDocument>({
  version: oneOf([1]),
  logical: optional(graph(object<NodeDocument>(nodeFields))),
  physical: optional(graph(object<PhysicalNodeDocument>({ ...nodeFields, properties, executions: array(execution) }))),
});

/**
 * Checks that the ids of a graph are unique and defined, that it has no cycles, and that every node is reachable.
 *
 * @param path path of the graph, for errors
 * @throws InvalidField
 */
function checkGraph({ roots, nodes }: PlanGraph<NodeDocument>, path: string): void {
  const places = placesOf(nodes, path);
  const expectKnown = (id: string, place: string): void => {
    if (!places.has(id)) throw new InvalidField(place, id, 'the id of a node of this graph');
  };
  for (const [index, id] of roots.entries()) expectKnown(id, `${path}.roots[${index}]`);
  for (const [place, { children }] of nodes.entries()) {
    for (const [index, id] of children.entries()) expectKnown(id, `${path}.nodes[${place}].children[${index}]`);
  }
  const left = new Set<number>();
  for (const root of roots) visit(places.get(root) ?? 0, { nodes, places, left }, path);
  for (const [place, { id }] of nodes.entries()) {
    if (!left.has(place)) throw new InvalidField(`${path}.nodes[${place}].id`, id, 'a root, or below one');
  }
}

function placesOf(nodes: readonly NodeDocument[], path: string): Map<string, number> {
  const places = new Map<string, number>();
  for (const [place, { id }] of nodes.entries()) {
    const earlier = places.get(id);
    if (earlier !== undefined) {
      throw new InvalidField(`${path}.nodes[${place}].id`, id, `unique, ${path}.nodes[${earlier}] has it already`);
    }
    places.set(id, place);
  }
  return places;
}

interface Visit {
  readonly nodes: readonly NodeDocument[];
  /** Nodes by id. */
  readonly places: ReadonlyMap<string, number>;
  /** Nodes whose descendants have all been seen. */
  readonly left: Set<number>;
}

/** Walks depth first without recursion, because a plan may be deeper than the call stack. */
function visit(root: number, { nodes, places, left }: Visit, path: string): void {
  const entered = new Set<number>();
  const stack: { readonly place: number; next: number }[] = [{ place: root, next: 0 }];
  entered.add(root);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { place, next } = top;
    const child = nodes[place]?.children[next];
    if (child === undefined || left.has(place)) {
      left.add(place);
      entered.delete(place);
      stack.pop();
      continue;
    }
    top.next += 1;
    const below = places.get(child) ?? 0;
    if (entered.has(below)) {
      throw new InvalidField(`${path}.nodes[${place}].children[${next}]`, child, 'a node that is not above this one');
    }
    if (left.has(below)) continue;
    entered.add(below);
    stack.push({ place: below, next: 0 });
  }
}
