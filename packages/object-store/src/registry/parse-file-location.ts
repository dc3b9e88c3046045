import { parse, posix, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ObjectStoreError } from '../error/object-store-error.ts';
import { escapeGlob, hasWildcard } from './glob-pattern.ts';
import type { ParsedLocation } from './parse-location.ts';

/**
 * A location on the file system: a plain path, or what follows `file:` in a URL, which is percent-decoded. A wildcard
 * that was percent-encoded is none.
 *
 * @throws ObjectStoreError InvalidPath for percent-encoding that is malformed or stands for a `/`
 */
export function parseFileLocation(
  text: { readonly plain: string } | { readonly encoded: string },
  workingDirectory: string,
): ParsedLocation {
  const path = 'plain' in text ? text.plain : text.encoded.split('/').map(decoded).join('/');
  const pattern = 'plain' in text ? text.plain : text.encoded.split('/').map(decodedPattern).join('/');
  const file = resolve(workingDirectory, path);
  const { root } = parse(file);
  return {
    base: { scheme: 'file', bucket: '', baseUrl: pathToFileURL(root).href },
    path: withinRoot(file),
    ...(hasWildcard(pattern) ? { pattern: absolutePattern(pattern, workingDirectory) } : {}),
  };
}

/** The pattern from the root on; the directory it is relative to is plain text, whatever its name. */
function absolutePattern(pattern: string, workingDirectory: string): string {
  const normal = posix.normalize(pattern);
  if (normal.startsWith('/')) return normal.slice(1);
  const [up = ''] = /^(?:\.\.\/)*/.exec(normal) ?? [];
  const directory = escapeGlob(withinRoot(resolve(workingDirectory, up)));
  return directory === '' ? normal.slice(up.length) : `${directory}/${normal.slice(up.length)}`;
}

function withinRoot(file: string): string {
  return file.slice(parse(file).root.length).split(sep).join('/');
}

function decodedPattern(segment: string): string {
  return segment.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => escapeGlob(decoded(encoded)));
}

function decoded(segment: string): string {
  if (/%2f/i.test(segment)) {
    throw new ObjectStoreError('InvalidPath', 'a file: location may not hold an encoded "/"', { path: segment });
  }
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    const text = 'a file: location has malformed percent-encoding; write a percent sign as %25';
    throw new ObjectStoreError('InvalidPath', text, { path: segment, cause });
  }
}
