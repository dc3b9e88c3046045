import {
  type Batch,
  type ExecutionOutcome,
  type ExecutionStatus,
  isRecordBatch,
  type Metric,
  type UnixClock,
} from '@planscope/plan';
import { METRIC_OUTPUT_BATCHES, METRIC_OUTPUT_BYTES, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import type { StreamEnd } from './traced-batches.ts';

/** How long an outcome waits for its stream, and an operator for further partitions. */
const GRACE_NANOSECONDS = 250_000_000n;

/** How long a node that writes files may take to stop, because it removes unfinished work such as an upload. */
const CLEAN_UP_NANOSECONDS = 10_000_000_000n;

/** The end of a partition whose stream was not read completely. */
interface UnreadEnd {
  readonly how: 'outcome' | 'abandoned';
  readonly at: bigint;
  /** When to stop waiting. */
  readonly due: bigint;
}

type PartitionEnd = StreamEnd | Pick<UnreadEnd, 'how'>;

/** One partition of one execution of an operator: its counts, and whether it has ended. */
export class PartitionRun {
  /** Time of its end; undefined while it is running. */
  endedAt: bigint | undefined;
  outcome: ExecutionOutcome | undefined;
  /** Whether the consumer has requested the outcome. */
  isOutcomeTaken = false;
  readonly #partition: number;
  readonly #makesFiles: boolean;
  readonly #clock: UnixClock;
  #lastActivity: bigint;
  #settledAt: bigint | undefined;
  #isStarted = false;
  #hasFailedToStart = false;
  #open = 0;
  #end: PartitionEnd | undefined;
  #rows = 0;
  #batches = 0;
  #bytes = 0;
  /** False after rows of unknown size: the sum is then absent instead of too small. */
  #bytesAreKnown = true;

  /** @param makesFiles true for a node whose batches are not read, so that only its outcome shows its end */
  constructor(partition: number, makesFiles: boolean, clock: UnixClock) {
    this.#partition = partition;
    this.#makesFiles = makesFiles;
    this.#clock = clock;
    this.#lastActivity = clock();
  }

  get isOver(): boolean {
    return this.endedAt !== undefined;
  }

  asked(): void {
    this.#isStarted = true;
    this.#open += 1;
    this.#lastActivity = this.#clock();
  }

  answered(): void {
    this.#open -= 1;
    this.#lastActivity = this.#clock();
  }

  passed(batch: Batch): void {
    if (isRecordBatch(batch)) this.#bytes += batch.data.byteLength;
    else this.#bytesAreKnown = false;
    this.#rows += batch.numRows;
    this.#batches += 1;
  }

  streamEnded(end: StreamEnd): void {
    // The batches of a node that writes files are not read, so the end of their stream does not matter.
    if (this.#makesFiles && end.how !== 'threw') return;
    this.#finish(end, this.#clock());
  }

  /** Records that the node threw instead of starting it, so that there is neither a stream nor an outcome. */
  failedToStart(error: unknown): void {
    this.#hasFailedToStart = true;
    this.#finish({ how: 'threw', error }, this.#clock());
  }

  settled(outcome: ExecutionOutcome): void {
    this.outcome = outcome;
    this.#settledAt = this.#clock();
    if (this.#makesFiles) this.#finish({ how: 'outcome' }, this.#settledAt);
  }

  /**
   * Ends it without its stream if nothing more can be expected; otherwise returns the time of the next check, if any.
   */
  giveUp(now: bigint, abandonedAt: bigint | undefined): bigint | undefined {
    const unread = this.isOver ? undefined : this.#unreadEnd(abandonedAt);
    if (unread === undefined || now < unread.due) return unread?.due;
    this.#finish({ how: unread.how }, unread.at);
    return undefined;
  }

  /** How it ended: its outcome, or else the end of its stream. */
  get status(): ExecutionStatus {
    if (this.outcome !== undefined && this.outcome.status !== 'ok') return this.outcome.status;
    if (this.#end?.how === 'threw') return 'error';
    if (this.outcome !== undefined || this.#end?.how === 'done') return 'ok';
    return 'cancelled';
  }

  get error(): unknown {
    if (this.outcome?.status === 'error') return this.outcome.error;
    return this.#end?.how === 'threw' ? this.#end.error : undefined;
  }

  /** Whether there is no outcome to wait for, because it is known or cannot arrive. */
  get isSettled(): boolean {
    return this.outcome !== undefined || this.#end?.how === 'abandoned' || this.#hasFailedToStart;
  }

  /** The counts of rows, batches and bytes that the node did not measure itself; empty if no batch was requested. */
  counted(): Metric[] {
    if (!this.#isStarted || this.#makesFiles) return [];
    const partition = this.#partition;
    const counts: Metric[] = [
      { name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: this.#rows, partition },
      { name: METRIC_OUTPUT_BATCHES, type: 'count', unit: '{batch}', value: this.#batches, partition },
    ];
    if (this.#bytesAreKnown) {
      counts.push({ name: METRIC_OUTPUT_BYTES, type: 'count', unit: 'By', value: this.#bytes, partition });
    }
    return counts.filter(({ name }) => this.outcome?.metrics.get(name) === undefined);
  }

  #unreadEnd(abandonedAt: bigint | undefined): UnreadEnd | undefined {
    if (this.outcome !== undefined && this.#settledAt !== undefined) {
      const at = this.#settledAt;
      // A failed stream has only its pending answers left; a successful one may still be read.
      if (this.outcome.status !== 'ok')
        return { how: 'outcome', at, due: this.#open > 0 ? at + GRACE_NANOSECONDS : at };
      if (!this.#isStarted) return { how: 'outcome', at, due: at + GRACE_NANOSECONDS };
    }
    if (abandonedAt === undefined) return undefined;
    const at = latest([abandonedAt, this.#lastActivity]) ?? abandonedAt;
    const hasBegun = this.#isStarted || this.#makesFiles;
    const grace = this.#makesFiles ? CLEAN_UP_NANOSECONDS : GRACE_NANOSECONDS;
    return { how: 'abandoned', at, due: hasBegun ? at + grace : at };
  }

  #finish(end: PartitionEnd, at: bigint): void {
    if (this.isOver) return;
    this.#end = end;
    this.endedAt = at;
  }
}

/**
 * Time to wait for an outcome after the last stream if the consumer, and with it the run, waits too; in nanoseconds.
 */
const TAKEN_OUTCOME_WAIT = 60_000_000_000n;

/** The state that determines whether the execution of an operator has ended. */
export interface OperatorProgress {
  readonly partitions: readonly PartitionRun[];
  /** Number of partitions in the plan, including those that are not executed yet. */
  readonly partitionCount: number;
  /** Whether the parent operator is still running; undefined at the top of a plan. */
  readonly parentRuns: boolean | undefined;
  /** Time at which its run was aborted or its parent ended. */
  readonly abandonedAt: bigint | undefined;
  readonly startedAt: bigint;
  /** Time to wait for an outcome after the last stream, in nanoseconds. */
  readonly outcomeWait: bigint;
  /** Time in which the event loop was busy, so that no outcome could arrive, in nanoseconds. */
  readonly heldUp: bigint;
}

/** When to close an operator if nothing else happens; undefined if something else must happen first. */
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

/** The earliest of some times; undefined if there are none. */
export function earliest(times: readonly (bigint | undefined)[]): bigint | undefined {
  return times.reduce((first, time) => (first === undefined || (time ?? first) < first ? time : first), undefined);
}

/** The latest of some times; undefined if there are none. */
export function latest(times: readonly (bigint | undefined)[]): bigint | undefined {
  return times.reduce((last, time) => (last === undefined || (time ?? last) > last ? time : last), undefined);
}
