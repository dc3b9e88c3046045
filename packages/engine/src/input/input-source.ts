import { innerStore, type RemoteObject } from '@planscope/object-store';

/** One object of an input, as its store described it when the run was planned. */
export interface InputObject extends RemoteObject {
  /** URL without credentials. */
  readonly url: string;
}

/** All objects of an input, sorted by path. */
export interface InputSource {
  readonly objects: readonly InputObject[];
}

/** Whether equal etags mean equal bytes. A weak etag may stay the same when bytes change. */
export function hasStrongETag({ meta: { eTag } }: InputObject): boolean {
  return eTag !== undefined && !/^w\//i.test(eTag);
}

/** Identifies an object and its state: URL, size and etag, and the modification time unless the etag is strong. */
export function objectState(object: InputObject): string {
  const { url, meta } = object;
  const { size, eTag, lastModified } = meta;
  return JSON.stringify([url, size, eTag ?? null, ...(hasStrongETag(object) ? [] : [lastModified.getTime()])]);
}

/** The current state of an object, requested without a span; undefined if the store cannot return it. */
export async function currentState({ url, store, meta }: InputObject): Promise<string | undefined> {
  const now = await innerStore(store)
    .head(meta.path)
    .catch(() => undefined);
  return now && objectState({ url, store, meta: now });
}
