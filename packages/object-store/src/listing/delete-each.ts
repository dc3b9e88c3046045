import { abortable } from '../body/abortable.ts';
import type { CallOptions } from '../contract/call-options.ts';
import type { DeleteResult } from '../contract/listing.ts';

/** Deletes one path after another as they come in: what `deleteStream` is where a store has no request for many. */
export async function* deleteEach(
  paths: Iterable<string> | AsyncIterable<string>,
  remove: (path: string) => Promise<void>,
  options: CallOptions,
): AsyncGenerator<DeleteResult> {
  for await (const path of abortable(paths, options.signal)) {
    let result: DeleteResult = { path };
    try {
      await remove(path);
    } catch (error) {
      options.signal?.throwIfAborted();
      result = { path, error };
    }
    yield result;
  }
}
