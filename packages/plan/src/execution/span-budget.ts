/** How many spans one run may make; what goes over is counted, to be said on the root span. */
export class SpanBudget {
  readonly limit: number;
  #used = 0;
  #dropped = 0;

  /** @param limit spans; `Infinity` for no limit */
  constructor(limit: number = Number.POSITIVE_INFINITY) {
    if (!(limit >= 0)) throw new RangeError(`[planscope/plan] span budget ${limit} must be a number from 0 up`);
    this.limit = limit;
  }

  /** Takes one span from the budget; false, and counted as dropped, when none is left. */
  take(): boolean {
    if (this.#used >= this.limit) {
      this.#dropped += 1;
      return false;
    }
    this.#used += 1;
    return true;
  }

  get used(): number {
    return this.#used;
  }

  get dropped(): number {
    return this.#dropped;
  }
}
