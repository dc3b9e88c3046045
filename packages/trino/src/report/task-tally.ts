import type { SpreadReport, TimeWindow, UnixNanoseconds } from '@planscope/plan/report';
import { METRIC_BYTES_READ, METRIC_ELAPSED_COMPUTE, METRIC_OUTPUT_BYTES, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import type { TrinoTask } from './query-info.ts';
import { durationIn, taskWindow, windowAround } from './task-windows.ts';

/** So many tasks of a stage are kept. Of more, those that failed first, and then the slowest; the others are counted. */
const MOST_KEPT = 64;

/** What all tasks of a stage say together. */
export interface TalliedTasks {
  readonly tasks: readonly TrinoTask[];
  /** Number of tasks that are not in `tasks`, and of those that failed. */
  readonly others?: { readonly count: number; readonly failed: number };
  /** The distributions over all tasks, if not all of them are kept. */
  readonly spread?: readonly SpreadReport[];
  readonly window?: TimeWindow;
  /** Whether all tasks were created and have ended. */
  readonly hasEnded: boolean;
  readonly nodeWindows: ReadonlyMap<string, TimeWindow>;
}

/** The numbers whose distributions show skew. A number that some task lacks has none. */
const NUMBERS: readonly (readonly [name: string, unit: string, of: (entry: Entry) => number | undefined])[] = [
  [METRIC_OUTPUT_ROWS, '{row}', ({ task }) => task.totals.outputRows],
  [METRIC_OUTPUT_BYTES, 'By', ({ task }) => task.totals.outputBytes],
  [METRIC_BYTES_READ, 'By', ({ task }) => task.totals.physicalInputBytes],
  [METRIC_ELAPSED_COMPUTE, 'ns', ({ task }) => task.totals.cpu],
  ['duration', 'ns', ({ duration }) => duration],
];

interface Entry {
  readonly task: TrinoTask;
  readonly duration: number | undefined;
  readonly hasFailed: boolean;
}

/** Adds up the tasks of a stage one by one, so that the memory of a stage does not grow with their number. */
export class TaskTally {
  readonly #reported: UnixNanoseconds;
  #kept: Entry[] = [];
  #count = 0;
  #failed = 0;
  #hasEnded = true;
  #window: TimeWindow | undefined;
  readonly #nodeWindows = new Map<string, TimeWindow | undefined>();
  /** By number: the values of all tasks that did not fail, or undefined if one of them has none. */
  readonly #values = new Map<string, number[] | undefined>(NUMBERS.map(([name]) => [name, []]));

  /** @param reported when the report was made */
  constructor(reported: UnixNanoseconds) {
    this.#reported = reported;
  }

  add(task: TrinoTask): void {
    const window = taskWindow(task, this.#reported);
    const hasFailed = /^FAIL/.test(task.state);
    this.#count += 1;
    if (hasFailed) this.#failed += 1;
    if (window !== undefined) this.#window = windowAround(this.#window, window);
    this.#hasEnded &&= task.created !== undefined && task.ended !== undefined;
    this.#addNodes(task);
    const entry = { task, duration: window === undefined ? undefined : durationIn(window), hasFailed };
    if (!hasFailed) this.#addNumbers(entry);
    this.#kept.push(entry);
    if (this.#kept.length >= 4 * MOST_KEPT) this.#kept = mostSuspicious(this.#kept);
  }

  result(): TalliedTasks {
    const all = this.#count;
    const kept = all > MOST_KEPT ? mostSuspicious(this.#kept) : this.#kept;
    const failed = this.#failed - kept.filter(({ hasFailed }) => hasFailed).length;
    const nodeWindows = new Map<string, TimeWindow>();
    for (const [id, window] of this.#nodeWindows) if (window !== undefined) nodeWindows.set(id, window);
    return {
      tasks: kept.map(({ task }) => task),
      ...(all > MOST_KEPT ? { others: { count: all - kept.length, failed }, spread: this.#spread() } : {}),
      ...(this.#window === undefined ? {} : { window: this.#window }),
      hasEnded: this.#hasEnded,
      nodeWindows,
    };
  }

  /** When the pipelines of each node ran. A node that still runs somewhere has no window. */
  #addNodes({ pipelines }: TrinoTask): void {
    for (const { firstStarted, lastEnded, planNodeIds } of pipelines) {
      const window =
        firstStarted === undefined || lastEnded === undefined ? undefined : { start: firstStarted, end: lastEnded };
      for (const id of planNodeIds) {
        const known = this.#nodeWindows.get(id);
        const isOpen = window === undefined || (this.#nodeWindows.has(id) && known === undefined);
        this.#nodeWindows.set(id, isOpen ? undefined : windowAround(known, window));
      }
    }
  }

  #addNumbers(entry: Entry): void {
    for (const [name, , of] of NUMBERS) {
      const value = of(entry);
      if (value === undefined) this.#values.set(name, undefined);
      else this.#values.get(name)?.push(value);
    }
  }

  #spread(): SpreadReport[] {
    return NUMBERS.flatMap(([name, unit]) => {
      const values = Float64Array.from(this.#values.get(name) ?? []).sort();
      const [least, median, most] = [values[0], values[Math.ceil(values.length / 2) - 1], values.at(-1)];
      if (values.length < 2 || least === undefined || median === undefined || most === undefined) return [];
      return [{ name, unit, least, median, most }];
    });
  }
}

/** Tasks that failed, the first of them first, as it is usually the cause; then the slowest. */
function mostSuspicious(entries: readonly Entry[]): Entry[] {
  return entries
    .toSorted((one, other) => {
      if (one.hasFailed !== other.hasFailed) return one.hasFailed ? -1 : 1;
      if (one.hasFailed) return ended(one).localeCompare(ended(other));
      return (other.duration ?? -1) - (one.duration ?? -1);
    })
    .slice(0, MOST_KEPT);
}

/** Digits of one length, so that they compare as text. */
function ended({ task }: Entry): string {
  return (task.ended ?? '').padStart(24, '9');
}
