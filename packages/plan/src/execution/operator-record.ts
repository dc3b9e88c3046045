import type { MetricsSet } from '../metrics/metrics-set.ts';
import type { ExecutionPlan } from '../node/execution-plan.ts';
import type { EngineReport } from '../report/engine-report.ts';
import type { Batch } from './batch.ts';
import type { ExecutionStatus } from './execution-status.ts';

/** A finished operator, all its partitions together. */
export interface OperatorRecord {
  /** Unique within the run. */
  readonly id: string;
  /** The operator it was executed for; absent at the top of a plan. */
  readonly parentId?: string;
  readonly name: string;
  /** The node that was executed, without what instrumentation put around it. */
  readonly node?: ExecutionPlan<Batch>;
  /** One line, literals replaced. */
  readonly description: string;
  readonly status: ExecutionStatus;
  readonly metrics: MetricsSet;
  /** What the engine behind the operator reported, with operators of its own; one for each execution that had one. */
  readonly reports: readonly EngineReport[];
}

/** Told of every operator that ended. */
export type OperatorObserver = (record: OperatorRecord) => void;
