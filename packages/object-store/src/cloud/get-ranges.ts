import type { GetOptions, GetRangesOptions, GetResult } from '../contract/get-options.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import { fetchRanges } from '../range/fetch-ranges.ts';
import type { GetRange } from '../range/get-range.ts';

/** How far apart ranges may lie to be fetched as one: over a network, a request costs about as much as this many bytes. */
const coalesceGap = 1024 * 1024;
const concurrentRequests = 8;

/**
 * Ranges of one object by several gets, all of the same state of it.
 *
 * @throws ObjectStoreError Precondition when the object was replaced in between
 */
export async function getRangesBy(
  get: (path: string, options: GetOptions) => Promise<GetResult>,
  where: { readonly store: string; readonly path: string },
  ranges: readonly GetRange[],
  options: GetRangesOptions,
): Promise<Uint8Array[]> {
  let eTag: string | undefined;
  const fetch = async (range: GetRange, signal: AbortSignal): Promise<Uint8Array> => {
    const { meta, body } = await get(where.path, { range, signal, version: options.version, observe: options.observe });
    eTag ??= meta.eTag;
    if (meta.eTag === eTag) return body.bytes();
    await body.cancel();
    throw new ObjectStoreError('Precondition', 'the object was replaced while its ranges were read', where);
  };
  return fetchRanges(ranges, fetch, {
    ...where,
    gap: options.coalesceGap ?? coalesceGap,
    concurrency: concurrentRequests,
    signal: options.signal,
  });
}
