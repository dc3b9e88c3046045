/**
 * A signal of its own that is aborted with any of others. It leaves no trace on them once it is released, which
 * `AbortSignal.any` does not promise on every Node, so a signal that lives as long as the program may be used for all calls.
 */
export class LinkedAbort {
  readonly #own = new AbortController();
  readonly #links: (() => void)[] = [];

  constructor(...others: readonly (AbortSignal | undefined)[]) {
    for (const other of others) {
      if (other !== undefined) this.#link(other);
    }
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  abort(reason: unknown): void {
    this.#own.abort(reason);
  }

  /** Lets go of the others; to be called when what the signal was for is over. */
  release(): void {
    for (const unlink of this.#links.splice(0)) unlink();
  }

  #link(other: AbortSignal): void {
    const onAbort = (): void => this.abort(other.reason);
    if (other.aborted) onAbort();
    else other.addEventListener('abort', onAbort, { once: true });
    this.#links.push(() => other.removeEventListener('abort', onAbort));
  }
}
