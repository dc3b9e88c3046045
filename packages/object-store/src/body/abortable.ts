// How an abort signal stops a stream, a promise, and the calls within a call.

/**
 * The same items until the signal aborts: then the pending pull rejects at once with the signal's reason,
 * and the source is asked to stop.
 */
export async function* abortable<Item>(
  source: Iterable<Item> | AsyncIterable<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let ended = false;
  const pull = async (): Promise<IteratorResult<Item>> => {
    try {
      const result = await iterator.next();
      ended = result.done === true;
      return result;
    } catch (error) {
      ended = true;
      throw error;
    }
  };
  try {
    signal?.throwIfAborted();
    for (let result = await untilAborted(pull(), signal); !result.done; ) {
      yield result.value;
      result = await untilAborted(pull(), signal);
    }
  } finally {
    // A source that hangs would hang its return() too, so an aborted reader does not wait for it.
    const returned = ended ? undefined : iterator.return?.();
    if (signal?.aborted) Promise.resolve(returned).catch(() => undefined);
    else await returned;
  }
}

/**
 * The promise, or a rejection with the signal's reason as soon as it is aborted. The signal holds on to nothing after
 * that, however long it lives.
 */
export function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(settle);
  });
}

/**
 * A new signal that aborts with any of the others. It leaves no listener on them once it is released, which
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

  /** Stops listening to the others; call it when the work under the signal has ended. */
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
