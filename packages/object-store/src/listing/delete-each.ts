import { abortable } from '../body/abortable.ts';
import type { CallOptions, DeleteResult } from '../contract/store-calls.ts';

/**
 * Deletes paths one by one as they arrive: `deleteStream` for stores without a batch request.
 *
 * @param concurrency most deletions at a time; results keep the order of the paths
 */
export async function* deleteEach(
  paths: Iterable<string> | AsyncIterable<string>,
  remove: (path: string) => Promise<void>,
  options: CallOptions,
  concurrency = 1,
): AsyncGenerator<DeleteResult> {
  const pending: Promise<DeleteResult>[] = [];
  for await (const path of abortable(paths, options.signal)) {
    pending.push(deleteOne(path, remove));
    if (pending.length < concurrency) continue;
    yield* settled(pending.splice(0, 1), options);
  }
  yield* settled(pending, options);
}

async function deleteOne(path: string, remove: (path: string) => Promise<void>): Promise<DeleteResult> {
  try {
    await remove(path);
    return { path };
  } catch (error) {
    return { path, error };
  }
}

/** An error that only says that the caller aborted is thrown, not yielded. */
async function* settled(
  results: readonly Promise<DeleteResult>[],
  { signal }: CallOptions,
): AsyncGenerator<DeleteResult> {
  for (const result of results) {
    const { path, error } = await result;
    if (error !== undefined) signal?.throwIfAborted();
    yield error === undefined ? { path } : { path, error };
  }
}
