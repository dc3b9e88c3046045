import type { RemoteObject } from '@planscope/object-store';

/** One object behind an input, as its store described it when the run was planned. */
export interface InputObject extends RemoteObject {
  /** URL without credentials. */
  readonly url: string;
}

/** Everything an input reads, in order of path. */
export interface InputSource {
  readonly objects: readonly InputObject[];
}

/**
 * What tells an object from what it was before and from others: its URL, size and etag; when it was written, too, where there
 * is no etag, or one that stays when only bytes change that the server does not care for.
 */
export function objectState({ url, meta: { size, eTag, lastModified } }: InputObject): string {
  const isStrong = eTag !== undefined && !/^w\//i.test(eTag);
  return JSON.stringify([url, size, eTag ?? null, ...(isStrong ? [] : [lastModified.getTime()])]);
}
