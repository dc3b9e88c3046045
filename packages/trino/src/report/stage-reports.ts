import type { Steps } from '@planscope/internal/steps';
import type { ExecutionStatus, StageReport, TaskReport, TimeWindow, UnixNanoseconds } from '@planscope/plan/report';
import { METRIC_QUEUED_TIME } from '../semconv.ts';
import { operatorReports } from './operator-reports.ts';
import type { TrinoInput, TrinoStage, TrinoTask } from './query-info.ts';
import { nanoseconds, totalMetrics } from './report-metrics.ts';
import { taskWindow } from './task-windows.ts';

/** The stages of a query, each with its tasks and operators; each is one step. */
export function* makingStages(
  stages: readonly TrinoStage[],
  inputs: readonly TrinoInput[],
): Steps<readonly StageReport[]> {
  const readers = readersOf(stages);
  const reports: StageReport[] = [];
  for (const stage of stages) {
    const { id, window, hasEnded, nodeWindows, others, spread } = stage;
    const status = statusOf(stage.state);
    const below = stages.filter((other) => readers.get(other.id)?.includes(id));
    const inputStages = new Set(below.map((input) => input.id));
    const operators = operatorReports(stage, { inputs, nodeWindows, inputStages, isFinished: status === 'ok' });
    reports.push({
      id,
      parents: readers.get(id) ?? [],
      ...(status === undefined ? {} : { status }),
      timing:
        window === undefined
          ? { basis: 'execution_window' }
          : { basis: hasEnded ? 'measured' : 'observed_events', window },
      // A stage that finished has all its numbers, even if the query failed in another one.
      partial: status !== 'ok',
      metrics: totalMetrics(stage.totals),
      ...(operators === undefined ? {} : { operators }),
      tasks: stage.tasks.map((task) => taskReport(task, window)),
      ...(others === undefined ? {} : { otherTasks: others }),
      ...(spread === undefined ? {} : { spread }),
    });
    yield;
  }
  return reports;
}

/** The stages that read each stage. An edge that would close a cycle is left out: no plan has one. */
function readersOf(stages: readonly TrinoStage[]): ReadonlyMap<string, readonly string[]> {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const readers = new Map<string, string[]>(stages.map(({ id }) => [id, []]));
  const done = new Set<string>();
  for (const top of stages) {
    const path = new Set<string>();
    const open: { readonly id: string; readonly isLeaving?: true }[] = [{ id: top.id }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { id, isLeaving } = next;
      if (isLeaving === true) {
        path.delete(id);
        continue;
      }
      if (done.has(id)) continue;
      done.add(id);
      path.add(id);
      open.push({ id, isLeaving: true });
      for (const input of byId.get(id)?.inputs ?? []) {
        if (path.has(input)) continue;
        readers.get(input)?.push(id);
        open.push({ id: input });
      }
    }
  }
  return readers;
}

/** @param around the window of the stage; a task that still runs ends with it */
function taskReport(task: TrinoTask, around: TimeWindow | undefined): TaskReport {
  const { id, attempt, node, state, error, created, ended, firstStarted } = task;
  const window = around === undefined ? undefined : taskWindow(task, around.end);
  const status = statusOf(state);
  const queued = created === undefined || firstStarted === undefined ? undefined : between(created, firstStarted);
  return {
    id,
    attempt,
    ...(node === undefined ? {} : { host: node }),
    ...(status === undefined ? {} : { status }),
    ...(status === 'error' && error !== undefined ? { error: errorReport(error) } : {}),
    timing:
      window === undefined
        ? { basis: 'execution_window' }
        : { basis: ended === undefined ? 'observed_events' : 'measured', window },
    metrics: [...totalMetrics(task.totals), ...nanoseconds(METRIC_QUEUED_TIME, queued)],
  };
}

export function errorReport({ name, type }: { readonly name: string; readonly type?: string }): {
  readonly code: string;
  readonly type?: string;
} {
  return { code: name, ...(type === undefined ? {} : { type }) };
}

function between(start: UnixNanoseconds, end: UnixNanoseconds): number {
  return Math.max(0, Number(BigInt(end) - BigInt(start)));
}

const STATUS: Readonly<Record<string, ExecutionStatus>> = {
  FINISHED: 'ok',
  FAILED: 'error',
  FAILING: 'error',
  CANCELED: 'cancelled',
  CANCELING: 'cancelled',
  ABORTED: 'cancelled',
  ABORTING: 'cancelled',
};

/** Undefined for a stage or task that still runs. */
function statusOf(state: string): ExecutionStatus | undefined {
  return Object.hasOwn(STATUS, state) ? STATUS[state] : undefined;
}
