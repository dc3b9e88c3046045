import { innerStore, type RemoteObject } from '@planscope/object-store';

/** One object behind an input, as its store described it when the run was planned. */
export interface InputObject extends RemoteObject {
  /** URL without credentials. */
  readonly url: string;
}

/** Everything an input reads, in order of path. */
export interface InputSource {
  readonly objects: readonly InputObject[];
}

/** Whether equal etags of the object mean equal bytes: a weak one stays when bytes change that the server ignores. */
export function hasStrongETag({ meta: { eTag } }: InputObject): boolean {
  return eTag !== undefined && !/^w\//i.test(eTag);
}

/** Identifies an object and its state: URL, size and etag, and the time of writing unless the etag is a strong one. */
export function objectState(object: InputObject): string {
  const { url, meta } = object;
  const { size, eTag, lastModified } = meta;
  return JSON.stringify([url, size, eTag ?? null, ...(hasStrongETag(object) ? [] : [lastModified.getTime()])]);
}

/** The state an object is in now, asked without a span; undefined where the store has no answer. */
export async function currentState({ url, store, meta }: InputObject): Promise<string | undefined> {
  const now = await innerStore(store)
    .head(meta.path)
    .catch(() => undefined);
  return now && objectState({ url, store, meta: now });
}
