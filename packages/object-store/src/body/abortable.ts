import { untilAborted } from './until-aborted.ts';

/**
 * The same items, until the signal is aborted: then the pull that waits is rejected with the signal's reason at once,
 * and the source is told to stop.
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
