import { type ExecutionStatus, MetricsSet } from '@planscope/plan';
import type { FinishedOperator } from '../recorder/operator-recorder.ts';
import type { PartitionRun } from './partition-run.ts';

/** What the partitions of an operator come to together; the worst status is the operator's. */
export function summarizePartitions(
  partitions: readonly PartitionRun[],
): Pick<FinishedOperator, 'status' | 'error' | 'metrics' | 'reports'> {
  const statuses = new Set<ExecutionStatus>(partitions.map(({ status }) => status));
  const status = (['error', 'cancelled'] as const).find((candidate) => statuses.has(candidate)) ?? 'ok';
  const outcomes = partitions.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]));
  // One set of metrics, or one report, may stand for several partitions that an engine ran together.
  const measured = new Set(outcomes.map(({ metrics }) => metrics));
  const counted = partitions.flatMap((partition) => partition.counted());
  return {
    status,
    error: partitions.find((partition) => partition.status === 'error')?.error,
    metrics: new MetricsSet([...[...measured].flatMap((metrics) => [...metrics]), ...counted]),
    reports: [...new Set(outcomes.flatMap(({ report }) => (report === undefined ? [] : [report])))],
  };
}
