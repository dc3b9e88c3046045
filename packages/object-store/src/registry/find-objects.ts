// Patterns of paths, and the objects that they match.

import picomatch from 'picomatch';
import type { ObjectStore } from '../contract/object-store.ts';
import type { CallOptions, ObjectMeta } from '../contract/store-calls.ts';
import { type ObjectPath, parsePath, rootPath } from '../path/object-path.ts';

/** An object, or the objects that a pattern matches. */
export interface ObjectQuery {
  readonly store: ObjectStore;
  readonly path: string;
  /** Pattern of paths; takes the place of the path. */
  readonly pattern?: string | undefined;
}

/**
 * The object at a path, or all that match a pattern, in order of path. Only what can match is listed: one level for each
 * segment with a wildcard, everything below only from a `**` on.
 *
 * @throws ObjectStoreError NotFound for a path without an object; a pattern may match none
 */
export async function* findObjects(query: ObjectQuery, options: CallOptions = {}): AsyncGenerator<ObjectMeta> {
  const { store, path, pattern } = query;
  if (pattern === undefined) {
    yield await store.head(path, options);
    return;
  }
  yield* matchSegments(store, rootPath, pattern.split('/'), options);
}

async function* matchSegments(
  store: ObjectStore,
  prefix: ObjectPath,
  segments: readonly string[],
  options: CallOptions,
): AsyncGenerator<ObjectMeta> {
  const [first = '', ...rest] = segments;
  if (isDeep(first)) {
    yield* matchDeep(store, prefix, segments.join('/'), options);
  } else if (rest.length > 0 && !hasWildcard(first)) {
    yield* matchSegments(store, below(prefix, unescapeGlob(first)), rest, options);
  } else {
    const matches = globMatcher(first);
    for await (const entry of store.listWithDelimiter(prefix, options)) {
      const path = entry.type === 'object' ? entry.meta.path : entry.path;
      if (!matches(path.slice(path.lastIndexOf('/') + 1))) continue;
      if (entry.type === 'object' && rest.length === 0) yield entry.meta;
      if (entry.type === 'prefix' && rest.length > 0) yield* matchSegments(store, entry.path, rest, options);
    }
  }
}

async function* matchDeep(
  store: ObjectStore,
  prefix: ObjectPath,
  pattern: string,
  options: CallOptions,
): AsyncGenerator<ObjectMeta> {
  const matches = globMatcher(pattern);
  const start = prefix === rootPath ? 0 : prefix.length + 1;
  for await (const meta of store.list(prefix, options)) {
    if (matches(meta.path.slice(start))) yield meta;
  }
}

/** Whether a segment can match more than one level: `**`, or a brace or bracket that is closed in a later one. */
function isDeep(segment: string): boolean {
  const plain = segment.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
  return plain.includes('**') || plain.includes('[') || plain.split('{').length !== plain.split('}').length;
}

function below(prefix: ObjectPath, segment: string): ObjectPath {
  return parsePath(prefix === rootPath ? segment : `${prefix}/${segment}`);
}

const wildcard = /(?<!\\)(?:\\\\)*[*?[{]/;

/** Whether a text has a wildcard without a backslash before it: `*`, `**`, `?`, `[a-z]`, `{one,two}`. */
export function hasWildcard(text: string): boolean {
  return wildcard.test(text);
}

/** A pattern that matches exactly this text. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]{}]/g, '\\$&');
}

/** The text that a pattern without a wildcard stands for. */
function unescapeGlob(pattern: string): string {
  return pattern.replace(/\\(.)/g, '$1');
}

/** A test for names or paths. A wildcard other than `**` stays within a segment, and none matches a leading dot. */
export function globMatcher(pattern: string): (text: string) => boolean {
  return picomatch(withPlainText(pattern), { nonegate: true, noextglob: true, windows: false });
}

/** Escapes what the matcher would read as a regular expression or a negation, but is plain text here. */
function withPlainText(pattern: string): string {
  return pattern.replace(/\\.|\[[^\]]*\]|[()|+@!^$"]/gs, (found) => {
    if (found.startsWith('[')) return found.replace('[!', '[^');
    return found.length === 1 ? `\\${found}` : found;
  });
}
