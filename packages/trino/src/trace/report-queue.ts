import { deferSpans } from '@planscope/semconv';

/** What is left to do after a query. */
export interface ReportTask {
  /** Never rejects. */
  run(): Promise<void>;
  /** Does at once what can be done. Never throws. */
  giveUp(reason: 'overdue' | 'shutdown'): void;
}

/** Reports that are asked for at the same time: each is up to a megabyte for the coordinator to write. */
const AT_ONCE = 4;
const MAX_WAITING = 1_000;

/** Fetches and draws reports after their queries, away from the program's own requests. */
export class ReportQueue {
  readonly #waiting: ReportTask[] = [];
  readonly #running = new Map<ReportTask, Promise<void>>();
  readonly #flushes: (() => void)[] = [];
  #isRegistered = false;

  add(task: ReportTask): void {
    this.#register();
    if (this.#waiting.length >= MAX_WAITING) {
      task.giveUp('overdue');
      return;
    }
    this.#waiting.push(task);
    this.#next();
  }

  /** Resolves when nothing is left to do. */
  async flush(): Promise<void> {
    await this.#settled();
  }

  #settled(): Promise<void> | undefined {
    if (this.#running.size === 0) return undefined;
    return new Promise((resolve) => this.#flushes.push(resolve));
  }

  #next(): void {
    while (this.#running.size < AT_ONCE) {
      const task = this.#waiting.shift();
      if (task === undefined) break;
      this.#running.set(
        task,
        task.run().finally(() => {
          this.#running.delete(task);
          this.#next();
        }),
      );
    }
    if (this.#running.size === 0) for (const resolve of this.#flushes.splice(0)) resolve();
  }

  #giveUp(): void {
    for (const task of [...this.#running.keys(), ...this.#waiting.splice(0)]) task.giveUp('shutdown');
  }

  #register(): void {
    if (this.#isRegistered) return;
    this.#isRegistered = true;
    deferSpans(
      () => this.#giveUp(),
      () => this.#settled(),
    );
    process.on('exit', () => this.#giveUp());
  }
}

/** The queue of all traced clients of the process. */
export const reportQueue: ReportQueue = new ReportQueue();
