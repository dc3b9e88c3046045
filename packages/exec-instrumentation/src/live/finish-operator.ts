import type { Steps } from '@planscope/internal/steps';
import {
  type Batch,
  type ExecutionPlan,
  type ExecutionStatus,
  MetricsSet,
  type ReportRecorder,
  type ReportScope,
  type RunWarning,
  type TaskContext,
  type TimeWindow,
} from '@planscope/plan';
import type { Instrumentation } from '../instrumentation.ts';
import type { FinishedOperator } from '../recorder/operator-recorders.ts';
import { tryRecording } from '../try-recording.ts';
import type { OperatorSpan } from './operator-span.ts';
import type { PartitionRun } from './partition-run.ts';

/** An operator whose last stream has ended. */
interface EndedOperator {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly node: ExecutionPlan<Batch>;
  /** The context with which its node was executed. */
  readonly context: TaskContext;
  readonly instrumentation: Instrumentation;
  readonly span: OperatorSpan;
  readonly window: TimeWindow;
  readonly partitions: readonly PartitionRun[];
  /** Grows while the reports are drawn. */
  readonly warnings: RunWarning[];
}

/**
 * Records an operator, ends its span and notifies the observer of the run, in steps of the recorders of reports. Never
 * throws.
 */
export function* finishingOperator(ended: EndedOperator): Steps<void> {
  const { node, context, instrumentation, span, window, partitions, warnings } = ended;
  if (partitions.some(({ isSettled }) => !isSettled)) {
    tryRecording('outcome', node.name, context, () => context.warn(lateOutcome(node.name)));
  }
  const describe = once(() => instrumentation.describe(node));
  const operator: FinishedOperator = { node, describe, window, warnings, ...summarizePartitions(partitions) };
  yield* drawingReports(operator, context, span.exists, instrumentation.reportRecorders);
  // A span processor of the program may throw.
  tryRecording('span', node.name, context, () => span.end(operator));
  tryRecording('observe', node.name, context, () => observe(ended, operator));
}

function observe({ id, parentId, context }: EndedOperator, operator: FinishedOperator): void {
  if (context.observeOperator === undefined) return;
  const { node, status, metrics, reports } = operator;
  let description = node.name;
  tryRecording('node', node.name, context, () => {
    description = operator.describe();
  });
  const parent = parentId === undefined ? {} : { parentId };
  context.observeOperator({ id, ...parent, name: node.name, node, description, status, metrics, reports });
}

function lateOutcome(operator: string): RunWarning {
  const missed = `${operator} had not settled its outcome in time after its last batch`;
  const message = `${missed}; what it measured is missing, ask for the outcome of its execution or raise outcomeWait`;
  return { code: 'outcome-late', message, operator };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Combines the outcomes of the partitions of an operator. The operator has the worst status. */
function summarizePartitions(
  partitions: readonly PartitionRun[],
): Pick<FinishedOperator, 'status' | 'error' | 'metrics' | 'reports'> {
  const statuses = new Set<ExecutionStatus>(partitions.map(({ status }) => status));
  const status = (['error', 'cancelled'] as const).find((candidate) => statuses.has(candidate)) ?? 'ok';
  const outcomes = partitions.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]));
  // Several partitions that an engine ran together may share one set of metrics or one report.
  const measured = new Set(outcomes.map(({ metrics }) => metrics));
  const counted = partitions.flatMap((partition) => partition.counted());
  return {
    status,
    error: partitions.find((partition) => partition.status === 'error')?.error,
    metrics: new MetricsSet([...[...measured].flatMap((metrics) => [...metrics]), ...counted]),
    reports: [...new Set(outcomes.flatMap(({ report }) => (report === undefined ? [] : [report])))],
  };
}

/**
 * Draws the reports of engines under the operator that ran them.
 *
 * @param context context of the operator, which determines the parent of the reports
 * @param hasOwnSpan whether the span in that context belongs to the operator
 */
function* drawingReports(
  { node, window, reports }: FinishedOperator,
  context: TaskContext,
  hasOwnSpan: boolean,
  recorders: readonly ReportRecorder[],
): Steps<void> {
  const { run, budget, warn } = context;
  for (const report of reports) {
    const scope: ReportScope = {
      place: { otelContext: context.otelContext, window, ...(hasOwnSpan ? {} : { hasOwnSpan }) },
      stages: new Map(),
      operators: new Map(),
      run,
      budget,
      warn,
    };
    for (const [index, record] of recorders.entries()) {
      let steps: Steps<void> | undefined;
      let isOpen = true;
      const step = (): void => {
        isOpen = false;
        if (record.inSteps === undefined) {
          record(report, scope);
        } else {
          steps ??= record.inSteps(report, scope);
          isOpen = steps.next().done !== true;
        }
      };
      while (isOpen) {
        tryRecording(record.name || `report recorder ${index + 1}`, node.name, context, step);
        yield;
      }
    }
  }
}
