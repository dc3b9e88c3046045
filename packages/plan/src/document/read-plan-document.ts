import { array, count, name, object, oneOf, optional, type Reader, string } from '../json/field-readers.ts';
import { readDocument } from '../json/read-document.ts';
import type { PlanProperties } from '../node/plan-properties.ts';
import { engine, metric, phaseName, status } from '../report/report-field-readers.ts';
import { checkGraph } from './check-graph.ts';
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
