import type { PlanProperties } from '../execution/execution-plan.ts';
import type { PlanningPhase } from '../planning/planning-phase.ts';
import type { EngineReport, ExecutionStatus, MetricReport } from '../report/engine-report.ts';

/**
 * A plan as plain JSON; its JSON Schema is `plan.schema.json` in this package. Its texts do not contain the user's
 * data.
 */
export interface PlanDocument {
  readonly version: 1;
  /** The logical plan: what to compute. */
  readonly logical?: PlanGraph<NodeDocument>;
  /** The physical plan: how to compute it, and its executions. */
  readonly physical?: PlanGraph<PhysicalNodeDocument>;
}

/** Nodes that refer to each other by id, without cycles. A shared node is one entry. */
export interface PlanGraph<Node extends NodeDocument> {
  /** Ids of the root nodes. */
  readonly roots: readonly string[];
  /** Each node once. This package writes parents before children. */
  readonly nodes: readonly Node[];
}

/** One node of a plan, logical or physical. */
export interface NodeDocument {
  /** Unique in its graph, and the same for equal plans. */
  readonly id: string;
  readonly name: string;
  /** The node in one line that starts with its name. */
  readonly description: string;
  /** Ids in order. An id occurs twice if a node reads the same input twice. */
  readonly children: readonly string[];
}

/** One node of a physical plan with its executions. */
export interface PhysicalNodeDocument extends NodeDocument {
  readonly properties: PlanProperties;
  /** One entry for each execution of the node, with all partitions; empty if the plan did not run. */
  readonly executions: readonly ExecutionDocument[];
}

/** The result of one execution of a node. */
export interface ExecutionDocument {
  readonly status: ExecutionStatus;
  /** One metric for each name. */
  readonly metrics: readonly MetricReport[];
  /** The reports of the engines that the node ran. */
  readonly engines: readonly EngineDocument[];
}

/** The report of an engine within one node. */
export interface EngineDocument {
  readonly engine: EngineReport['engine'];
  readonly status: ExecutionStatus;
  readonly metrics: readonly MetricReport[];
  /** The plans of the engine's own planning, if it reported any. */
  readonly planning: readonly PlanningDocument[];
  readonly operators: PlanGraph<EngineNodeDocument>;
}

/** A plan of the engine as text, with one line for each node. */
export interface PlanningDocument {
  /** The phase that returned the plan. */
  readonly phase: PlanningPhase;
  /** The engine's own name of the step. */
  readonly step?: string;
  readonly plan: string;
}

/** An operator that the engine ran. */
export interface EngineNodeDocument extends NodeDocument {
  readonly metrics: readonly MetricReport[];
}
