import type { PutResult } from '../contract/put-options.ts';

/** What a service says of an object that was written, where it says it. */
export function putResult(eTag: string | undefined, version: string | undefined): PutResult {
  return { ...(eTag === undefined ? {} : { eTag }), ...(version === undefined ? {} : { version }) };
}
