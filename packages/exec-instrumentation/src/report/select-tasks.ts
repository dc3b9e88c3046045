import { reportedDuration, type StageReport, type TaskReport } from '@planscope/plan';

/** A task that is worth a span, and the stage it belongs to. */
export interface SelectedTask {
  readonly stage: StageReport;
  readonly task: TaskReport;
}

/**
 * The tasks that get spans. Of each stage these are its failed ones, the one that ended first before the others, since it is
 * most often the cause; what is left of the limit goes to the slowest. Where all stages together have more than there is
 * room for, failed tasks go first, then slow ones.
 *
 * @param limit most tasks of one stage
 * @param room most tasks of all
 */
export function selectTasks(stages: readonly StageReport[], limit: number, room: number): readonly SelectedTask[] {
  if (limit === 0 || room <= 0) return [];
  const selected = stages.flatMap((stage) =>
    stage.tasks
      .map((task) => suspect(stage, task))
      .sort(bySuspicion)
      .slice(0, limit),
  );
  return selected.length <= room ? selected : selected.sort(bySuspicion).slice(0, room);
}

/** Whether a task failed. One that was cancelled did not. */
export function hasFailed({ status }: TaskReport): boolean {
  return status === 'error';
}

interface Suspect extends SelectedTask {
  /** Lower for what is more worth a look. */
  readonly rank: number;
  /** Lower within a rank: when a failed task ended; of others the duration, negative. */
  readonly order: bigint;
}

function suspect(stage: StageReport, task: TaskReport): Suspect {
  const { window } = task.timing;
  if (hasFailed(task)) {
    return window === undefined
      ? { stage, task, rank: 1, order: 0n }
      : { stage, task, rank: 0, order: BigInt(window.end) };
  }
  const duration = reportedDuration(task.timing);
  return duration === undefined ? { stage, task, rank: 3, order: 0n } : { stage, task, rank: 2, order: -duration };
}

function bySuspicion(one: Suspect, other: Suspect): number {
  if (one.rank !== other.rank) return one.rank - other.rank;
  if (one.order === other.order) return 0;
  return one.order < other.order ? -1 : 1;
}
