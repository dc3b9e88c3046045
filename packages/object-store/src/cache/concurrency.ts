// How fetches share and limit their work: one fetch for equal requests, a limit, a stop at the first failure.

import { setMaxListeners } from 'node:events';
import { LinkedAbort, untilAborted } from '../body/abortable.ts';

type Ended<Value> = { readonly value: Value } | { readonly error: unknown; readonly aborted: boolean };

/** Runs work once for concurrent callers: the first one runs it. If that caller aborts, the next one starts over. */
export class SingleFlight<Value> {
  readonly #flights = new Map<string, { readonly by: unknown; readonly ended: Promise<Ended<Value>> }>();

  /**
   * @param by identifies the caller; equal callers share a failure, others try again
   * @param work runs under the signal, unless it is already running
   * @returns the value, and whether this caller's work produced it
   */
  async run(
    key: string,
    { by, signal }: { readonly by: unknown; readonly signal: AbortSignal | undefined },
    work: () => Promise<Value>,
  ): Promise<{ readonly value: Value; readonly own: boolean }> {
    for (;;) {
      signal?.throwIfAborted();
      const flight = this.#flights.get(key);
      if (flight === undefined) return { value: await this.#lead(key, by, signal, work), own: true };
      const ended = await untilAborted(flight.ended, signal);
      if ('value' in ended) return { value: ended.value, own: false };
      if (!ended.aborted && flight.by === by) throw ended.error;
    }
  }

  async #lead(key: string, by: unknown, signal: AbortSignal | undefined, work: () => Promise<Value>): Promise<Value> {
    const working = work();
    const ended = working.then(
      (value) => ({ value }),
      (error: unknown) => ({ error, aborted: signal?.aborted === true }),
    );
    this.#flights.set(key, { by, ended });
    try {
      return await working;
    } finally {
      this.#flights.delete(key);
    }
  }
}

/** Runs a bounded number of calls at a time; the others wait in order. */
export class Limiter {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async run<Value>(work: () => Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
    await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    while (this.#running >= this.#most) {
      let wake: () => void = () => {};
      const turn = new Promise<void>((resolve) => {
        wake = resolve;
      });
      this.#waiting.push(wake);
      try {
        await untilAborted(turn, signal);
      } catch (error) {
        const place = this.#waiting.indexOf(wake);
        // A caller that was already woken passes its turn on.
        if (place === -1) this.#waiting.shift()?.();
        else this.#waiting.splice(place, 1);
        throw error;
      }
    }
    this.#running += 1;
  }
}

/**
 * Runs the work for each item, a limited number at a time. The first failure stops the others; all have ended when the
 * promise settles.
 *
 * @param most items at a time
 * @throws the first failure; the signal's reason when it was aborted
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result[]> {
  signal?.throwIfAborted();
  const stop = new LinkedAbort(signal);
  // Every request of every item may listen to it, and Node would warn of a leak.
  setMaxListeners(0, stop.signal);
  const results = new Array<Result>(items.length);
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      stop.signal.throwIfAborted();
      try {
        results[index] = await work(item, stop.signal);
      } catch (error) {
        // Keeps the first reason: aborting twice does nothing.
        stop.abort(error);
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, worker));
  stop.release();
  signal?.throwIfAborted();
  if (ended.some(({ status }) => status === 'rejected')) throw stop.signal.reason;
  return results;
}
