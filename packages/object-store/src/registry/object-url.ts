import { pathToFileURL } from 'node:url';
import type { ObjectStore } from '../contract/object-store.ts';
import type { ObjectPath } from '../path/object-path.ts';

/** The URL of an object, or of a prefix: the base URL and the path; percent-encoded only where it is a file. */
export function objectUrl(store: ObjectStore, path: ObjectPath): string {
  if (!store.baseUrl.startsWith('file:')) return store.baseUrl + path;
  // Resolved against the base, an encoded path cannot climb, since no segment of a path is `..`.
  return store.baseUrl + pathToFileURL(`/${path}`).href.slice('file:///'.length);
}
