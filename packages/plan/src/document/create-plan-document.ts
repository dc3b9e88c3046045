import type { TextKind } from '@planscope/semconv';
import type { Batch } from '../execution/execution.ts';
import type { ExecutionPlan, OperatorRecord } from '../execution/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { type DescribedNode, describeNode, type NodeField } from '../node/plan-node.ts';
import { walkPlan } from '../node/walk-plan.ts';
import type { EngineReport, MetricReport, OperatorReport } from '../report/engine-report.ts';
import { displayReportedPlan, type PlanReport } from '../report/reported-plan.ts';
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

/** The content of a document. */
export interface PlanSource {
  readonly logical?: LogicalPlan;
  readonly physical?: ExecutionPlan<Batch>;
  /** Returns the executions of a node of the physical plan. Default: none. */
  readonly executionsOf?: (node: ExecutionPlan<Batch>) => readonly NodeExecution[];
  /** Redacts every text except names of nodes, steps and metrics. */
  readonly redact: TextRedactor;
}

/** The part of an operator's record that a document contains. */
export type NodeExecution = Pick<OperatorRecord, 'status' | 'metrics' | 'reports'>;

/** Creates a plan as plain JSON, in time linear in nodes and edges. */
export function createPlanDocument(source: PlanSource): PlanDocument {
  const { logical, physical, executionsOf = () => [], redact } = source;
  const physicalNode = (node: ExecutionPlan<Batch>): Omit<PhysicalNodeDocument, keyof NodeDocument> => {
    const { partitionCount, partitioning, emissionType, boundedness } = node.properties;
    return {
      properties: {
        partitionCount,
        partitioning: redactText(redact, 'expression', partitioning),
        emissionType,
        boundedness,
      },
      executions: executionsOf(node).map((execution) => executionDocument(execution, redact)),
    };
  };
  return {
    version: 1,
    ...(logical === undefined ? {} : { logical: planGraph(logical, redact, () => ({})) }),
    ...(physical === undefined ? {} : { physical: planGraph(physical, redact, physicalNode) }),
  };
}

interface Described<Node> extends DescribedNode {
  readonly children: readonly Node[];
}

function planGraph<Node extends Described<Node>, Further extends object>(
  plan: Node,
  redact: TextRedactor,
  further: (node: Node) => Further,
): PlanGraph<NodeDocument & Further> {
  const ids = new Map<Node, string>();
  for (const node of walkPlan(plan)) ids.set(node, `n${ids.size + 1}`);
  const idOf = (node: Node): string => ids.get(node) ?? '';
  const nodes = [...ids].map(([node, id]) => ({
    id,
    name: node.name,
    description: describeNode(node, redact),
    children: node.children.map(idOf),
    ...further(node),
  }));
  return { roots: [idOf(plan)], nodes };
}

function executionDocument({ status, metrics, reports }: NodeExecution, redact: TextRedactor): ExecutionDocument {
  return {
    status,
    metrics: metricDocuments(metrics.aggregateByName()),
    engines: reports.map((report) => engineDocument(report, redact)),
  };
}

/** The report of an engine as part of a plan. */
function engineDocument(report: EngineReport, redact: TextRedactor): EngineDocument {
  const { name, version } = report.engine;
  const redactOwn: TextRedactor = (field) => redact(field, report.identifiers);
  return {
    engine: { name, version },
    status: report.status,
    metrics: metricDocuments(report.metrics ?? []),
    planning: planningDocuments(report, redactOwn),
    operators: operatorGraph(rootOperators(report), redactOwn),
  };
}

function planningDocuments({ planning = [] }: EngineReport, redact: TextRedactor): PlanningDocument[] {
  return planning.flatMap(({ phase, step, planAfter }) =>
    planAfter === undefined
      ? []
      : [{ phase, ...(step === undefined ? {} : { step }), plan: planText(planAfter, redact) }],
  );
}

function planText(plan: PlanReport, redact: TextRedactor): string {
  return typeof plan === 'string'
    ? redactText(redact, 'plan', plan)
    : displayReportedPlan(plan, (node) => describeNode(node, redact));
}

/** The operators of a report. Those of each stage become separate roots, because a plan has no stages. */
function rootOperators({ operators = [], stages = [] }: EngineReport): readonly OperatorReport[] {
  return [...operators, ...stages.flatMap((stage) => stage.operators ?? [])];
}

function operatorGraph(roots: readonly OperatorReport[], redact: TextRedactor): PlanGraph<EngineNodeDocument> {
  const nodes: EngineNodeDocument[] = [];
  const stack = roots.toReversed();
  for (let operator = stack.pop(); operator !== undefined; operator = stack.pop()) {
    const { id, name, fields = [], metrics, children } = operator;
    nodes.push({
      id,
      name,
      description: describeNode({ name, describe: () => fields }, redact),
      children: children.map((child) => child.id),
      metrics: metricDocuments(metrics),
    });
    stack.push(...children.toReversed());
  }
  return { roots: roots.map(({ id }) => id), nodes };
}

/** A metric of a node or of a report. */
type AnyMetric = Omit<MetricReport, 'value'> & { readonly value: number | bigint | string };

/**
 * Metrics for JSON: digits for whole numbers that do not fit in a JSON number; values that are not finite are omitted.
 */
function metricDocuments(metrics: readonly AnyMetric[]): MetricReport[] {
  return metrics
    .filter(({ value }) => typeof value !== 'number' || Number.isFinite(value))
    .map(({ name, type, unit, value }) => ({ name, type, unit, value: jsonValue(value) }));
}

function jsonValue(value: number | bigint | string): number | string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  // JSON has no negative zero.
  return value + 0;
}

/**
 * Removes the user's data from a text, depending on the kind of the text.
 *
 * @param identifiers names to keep; if given, any other name is treated as data
 */
export type TextRedactor = (field: NodeField, identifiers?: readonly string[]) => NodeField['text'];

/** A text that is not a field of a node. */
function redactText(redact: TextRedactor, kind: TextKind, text: string): string {
  return [redact({ key: kind, text, kind })].flat().join('\n');
}
