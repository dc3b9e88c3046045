import type { PlanProperties } from '../execution/execution-plan.ts';
import type { PlanningPhase } from '../planning/planning-phase.ts';
import type { EngineReport, ExecutionStatus, MetricReport } from '../report/engine-report.ts';

/** A plan as plain JSON; `plan.schema.json` in this package is its JSON Schema. Its texts are without the user's data. */
export interface PlanDocument {
  readonly version: 1;
  /** What is to be computed. */
  readonly logical?: PlanGraph<NodeDocument>;
  /** How, and what happened. */
  readonly physical?: PlanGraph<PhysicalNodeDocument>;
}

/** Nodes that refer to each other by id, without a cycle; a shared node is one entry. */
export interface PlanGraph<Node extends NodeDocument> {
  /** Ids of the nodes at the top. */
  readonly roots: readonly string[];
  /** Each node once, parents before children where they were written by this package. */
  readonly nodes: readonly Node[];
}

/** One node of a plan, logical or physical. */
export interface NodeDocument {
  /** Unique within its graph; stable for equal plans. */
  readonly id: string;
  readonly name: string;
  /** The node in one line, its name first. */
  readonly description: string;
  /** Ids, in order; one twice where a node reads the same input twice. */
  readonly children: readonly string[];
}

/** One node of a physical plan, with the results of running it. */
export interface PhysicalNodeDocument extends NodeDocument {
  readonly properties: PlanProperties;
  /** One entry for each time the node was executed, all partitions together; empty for a plan that was not run. */
  readonly executions: readonly ExecutionDocument[];
}

/** What one execution of a node came to. */
export interface ExecutionDocument {
  readonly status: ExecutionStatus;
  /** One a name. */
  readonly metrics: readonly MetricReport[];
  /** What the engines behind the node reported. */
  readonly engines: readonly EngineDocument[];
}

/** What an engine did within one node. */
export interface EngineDocument {
  readonly engine: EngineReport['engine'];
  readonly status: ExecutionStatus;
  readonly metrics: readonly MetricReport[];
  /** The engine's own planning, as far as it showed plans. */
  readonly planning: readonly PlanningDocument[];
  readonly operators: PlanGraph<EngineNodeDocument>;
}

/** A plan that the engine displayed, one line a node. */
export interface PlanningDocument {
  /** The phase that the plan came out of. */
  readonly phase: PlanningPhase;
  /** The engine's own name of the step. */
  readonly step?: string;
  readonly plan: string;
}

/** An operator that the engine ran. */
export interface EngineNodeDocument extends NodeDocument {
  readonly metrics: readonly MetricReport[];
}
