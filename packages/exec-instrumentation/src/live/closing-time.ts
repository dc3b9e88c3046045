import { GRACE_NANOSECONDS, type PartitionRun } from './partition-run.ts';

/** Nanoseconds that an outcome may come after the last stream if the consumer asked for it, so that the run waits, too. */
const TAKEN_OUTCOME_WAIT = 60_000_000_000n;

/** What decides when the execution of an operator is over. */
export interface OperatorProgress {
  readonly partitions: readonly PartitionRun[];
  /** Partitions of the plan, executed so far or not. */
  readonly partitionCount: number;
  /** Whether the operator that executes this one still runs; undefined at the top of a plan. */
  readonly parentRuns: boolean | undefined;
  /** When its run was aborted, or its parent ended. */
  readonly abandonedAt: bigint | undefined;
  readonly startedAt: bigint;
  /** Nanoseconds that an outcome may come after the last stream. */
  readonly outcomeWait: bigint;
  /** Nanoseconds in which the event loop was busy, so that nothing could come. */
  readonly heldUp: bigint;
}

/** When to close an operator if nothing more happens; undefined while something has to. */
export function closingTime(progress: OperatorProgress, now: bigint): bigint | undefined {
  const { partitions, abandonedAt, parentRuns, outcomeWait, heldUp } = progress;
  const dues = partitions.map((partition) => partition.giveUp(now, abandonedAt));
  if (partitions.some(({ isOver }) => !isOver)) return earliest(dues);
  const mayGrow = partitionsMayCome(progress);
  if (mayGrow && parentRuns !== undefined) return undefined;
  const unsettled = partitions.filter(({ isSettled }) => !isSettled);
  if (unsettled.length === 0) return mayGrow ? endOfStreams(progress) + GRACE_NANOSECONDS : now;
  const isTaken = abandonedAt === undefined && unsettled.some(({ isOutcomeTaken }) => isOutcomeTaken);
  const wait = isTaken && outcomeWait < TAKEN_OUTCOME_WAIT ? TAKEN_OUTCOME_WAIT : outcomeWait;
  return endOfStreams(progress) + wait + heldUp;
}

/** End of the last stream so far. */
export function endOfStreams({ partitions, startedAt }: OperatorProgress): bigint {
  return latest(partitions.map(({ endedAt }) => endedAt)) ?? startedAt;
}

function partitionsMayCome({ partitions, partitionCount, abandonedAt, parentRuns }: OperatorProgress): boolean {
  return (
    partitions.length < partitionCount &&
    abandonedAt === undefined &&
    parentRuns !== false &&
    partitions.every(({ status }) => status !== 'error')
  );
}

/** The first of some times; undefined when there is none. */
export function earliest(times: readonly (bigint | undefined)[]): bigint | undefined {
  return times.reduce((first, time) => (first === undefined || (time ?? first) < first ? time : first), undefined);
}

/** The last of some times; undefined when there is none. */
export function latest(times: readonly (bigint | undefined)[]): bigint | undefined {
  return times.reduce((last, time) => (last === undefined || (time ?? last) > last ? time : last), undefined);
}
