import { setMaxListeners } from 'node:events';
import { LinkedAbort } from '../body/linked-abort.ts';

/**
 * Works through the items, some at a time. The first failure stops the rest, and nothing goes on once this has settled.
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
  // Every request of every item may listen to it; that is no leak.
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
