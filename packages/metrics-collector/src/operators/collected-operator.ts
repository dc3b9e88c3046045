import type { ExecutionStatus } from '@planscope/plan';
import type { MetricType } from '@planscope/semconv';
import type { MetricSource } from '../metric-source.ts';

/** One metric of a finished operator, over all its partitions. Plain JSON. */
export interface CollectedMetric {
  /** A whole number beyond 2^53 is the nearest number there is. */
  readonly value: number;
  readonly type: MetricType;
  /** UCUM unit. */
  readonly unit: string;
  readonly source: MetricSource;
}

/** One finished operator of a run: a node of the plan, or an operator that the engine behind a node reported. */
export interface CollectedOperatorMetrics {
  /** Unique within the run. */
  readonly id: string;
  /** The operator it ran for; absent at the top of a plan. */
  readonly parentId?: string;
  readonly name: string;
  /** One line, literals replaced; absent for reported operators, whose own description may hold data. */
  readonly description?: string;
  /** Of a reported operator, the status of its engine's execution. */
  readonly status: ExecutionStatus;
  /** `node` for a node of the plan, else the name of the engine that reported it. */
  readonly origin: string;
  /** The stage it ran in, for an engine that is spread over machines. */
  readonly stageId?: string;
  /** The stages whose output it reads; absent for one that reads from its children or is a scan. */
  readonly inputStageIds?: readonly string[];
  /** Where a scan that an engine reported takes its rows from; absent on its other operators. */
  readonly scans?: 'table' | 'files';
  /** By name; what was not measured is absent. */
  readonly metrics: Readonly<Record<string, CollectedMetric>>;
}
