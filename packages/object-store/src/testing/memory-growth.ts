import { getEventListeners } from 'node:events';
import type { ObjectStore } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import { collect, patternBytes } from './room.ts';

/** Memory that many operations leave behind. */
interface MemoryGrowth {
  /** Growth of heap and external memory from 100 to 1,000 operations, in bytes. */
  readonly bytes: number;
  /** Listeners left on the one signal that all calls were given. */
  readonly listeners: number;
}

const operationsOfRound = 5;

/**
 * Puts, reads, leaves, lists and fails to get, a thousand operations in all.
 *
 * @param onRound called after every five operations
 */
export async function memoryGrowth(store: ObjectStore, onRound: () => void): Promise<MemoryGrowth> {
  const { signal } = new AbortController();
  const bytes = patternBytes(100_000);
  const round = async (): Promise<void> => {
    await store.put('growth/x', bytes, { signal });
    await (await store.get('growth/x', { signal })).body.bytes();
    for await (const _ of (await store.get('growth/x', { signal })).body) break;
    await collect(store.list('growth', { signal }));
    const failure = await store.get('growth/missing', { signal }).catch((error: unknown) => error);
    if (!ObjectStoreError.isInstance(failure, 'NotFound')) throw failure;
    onRound();
  };
  const heldAfter = async (operations: number): Promise<number> => {
    for (let done = 0; done < operations; done += operationsOfRound) await round();
    await collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const early = await heldAfter(100);
  const late = await heldAfter(900);
  return { bytes: late - early, listeners: getEventListeners(signal, 'abort').length };
}

/** Collects garbage and lets finalizers run; needs `--expose-gc`. */
export async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('run this under node --expose-gc');
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
