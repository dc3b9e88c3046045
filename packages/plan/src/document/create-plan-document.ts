import type { Batch } from '../execution/batch.ts';
import type { OperatorRecord } from '../execution/operator-record.ts';
import { type DescribedNode, describeNode } from '../node/describe-node.ts';
import type { ExecutionPlan } from '../node/execution-plan.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';
import { walkPlan } from '../node/walk-plan.ts';
import { engineDocument } from './engine-document.ts';
import { metricDocuments } from './metric-documents.ts';
import type {
  ExecutionDocument,
  NodeDocument,
  PhysicalNodeDocument,
  PlanDocument,
  PlanGraph,
} from './plan-document.ts';
import { redactText, type TextRedactor } from './text-redactor.ts';

/** What a document is made of. */
export interface PlanSource {
  readonly logical?: LogicalPlan;
  readonly physical?: ExecutionPlan<Batch>;
  /** What became of a node of the physical plan, once for each time it was executed; default nothing. */
  readonly executionsOf?: (node: ExecutionPlan<Batch>) => readonly NodeExecution[];
  /** Every text but names of nodes, steps and metrics goes through it before it gets in. */
  readonly redact: TextRedactor;
}

/** What of an operator's record gets in. */
export type NodeExecution = Pick<OperatorRecord, 'status' | 'metrics' | 'reports'>;

/** A plan as plain JSON. Linear in nodes and edges. */
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
