import { untilAborted } from '../body/until-aborted.ts';

/** Lets so much work go on at a time; the rest waits in its order. */
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
        // One that was woken already hands its turn on.
        if (place === -1) this.#waiting.shift()?.();
        else this.#waiting.splice(place, 1);
        throw error;
      }
    }
    this.#running += 1;
  }
}
