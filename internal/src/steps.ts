/** Work in small steps. Between two of them, other work of the event loop may run. */
export type Steps<Result> = Generator<void, Result, void>;

/** Does all steps at once. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Does the steps in slices of a few milliseconds, the first of them at once. */
export async function finishInSlices<Result>(steps: Steps<Result>): Promise<Result> {
  const slice = new Slice();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (slice.isOver) await slice.next();
  }
}

/** How long work may hold the event loop, in milliseconds, before other work gets its turn. */
const SLICE_MS = 3;

/** A few milliseconds of work. */
export class Slice {
  #until = performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** Begins the next one, after a turn of the event loop. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#until = performance.now() + SLICE_MS;
  }
}
