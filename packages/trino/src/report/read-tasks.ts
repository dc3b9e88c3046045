import { present } from '@planscope/internal/present';
import type { Steps } from '@planscope/internal/steps';
import type { UnixNanoseconds } from '@planscope/plan/report';
import type { TrinoPipeline, TrinoTask } from './query-info.ts';
import { readError } from './read-error.ts';
import { readTotals } from './read-totals.ts';
import { countOf, durationOf, fieldsOf, instantOf, listOf, textOf, wordOf } from './report-values.ts';
import { type TalliedTasks, TaskTally } from './task-tally.ts';

/** `20261128_120648_00002_q6q7j.2.1.0`: query, stage, task, attempt. */
const TASK_ID = /\.(\d{1,9})\.(\d{1,9})$/;

/**
 * @param reported when the report was made
 * @param unknown gets `tasks` if a task has an id of another form, or that of another task
 */
export function* readingTasks(
  list: readonly unknown[] | undefined,
  reported: UnixNanoseconds,
  unknown: Set<string>,
): Steps<TalliedTasks> {
  const tally = new TaskTally(reported);
  const seen = new Set<string>();
  for (const value of list ?? []) {
    const task = readTask(value);
    const key = `${task?.id}.${task?.attempt}`;
    if (task === undefined || seen.has(key)) unknown.add('tasks');
    else tally.add(task);
    seen.add(key);
    yield;
  }
  return tally.result();
}

function readTask(value: unknown): TrinoTask | undefined {
  const status = fieldsOf(fieldsOf(value)?.taskStatus) ?? {};
  const stats = fieldsOf(fieldsOf(value)?.stats) ?? {};
  const [, id, attempt] = TASK_ID.exec(textOf(status.taskId) ?? '') ?? [];
  if (id === undefined || attempt === undefined) return undefined;
  // The first failure is the cause; the others come from stopping the task.
  const failure = fieldsOf(listOf(status.failures)?.[0]);
  return {
    id: String(Number(id)),
    attempt: Number(attempt),
    state: wordOf('state', status.state) ?? '',
    ...present({
      node: textOf(status.nodeId),
      error: failure === undefined ? undefined : readError(failure.errorCode, failure),
      created: instantOf(stats.createTime),
      firstStarted: instantOf(stats.firstStartTime),
      lastEnded: instantOf(stats.lastEndTime),
      ended: instantOf(stats.endTime),
      elapsed: durationOf(stats.elapsedTime),
    }),
    totals: readTotals(stats),
    pipelines: (listOf(stats.pipelines) ?? []).flatMap(readPipeline),
  };
}

function readPipeline(value: unknown): TrinoPipeline[] {
  const fields = fieldsOf(value) ?? {};
  const pipelineId = countOf(fields.pipelineId);
  if (pipelineId === undefined) return [];
  const operators = (listOf(fields.operatorSummaries) ?? []).map((operator) => fieldsOf(operator)?.planNodeId);
  return [
    {
      pipelineId,
      ...present({ firstStarted: instantOf(fields.firstStartTime), lastEnded: instantOf(fields.lastEndTime) }),
      planNodeIds: [...new Set(operators.flatMap((id) => wordOf('id', id) ?? []))],
    },
  ];
}
