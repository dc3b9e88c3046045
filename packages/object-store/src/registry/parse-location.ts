import { ObjectStoreError } from '../error/object-store-error.ts';
import { hasWildcard } from './glob-pattern.ts';
import { parseFileLocation } from './parse-file-location.ts';
import { refuseCredentials } from './refuse-credentials.ts';
import { canonicalScheme } from './schemes.ts';

/** What identifies a store: scheme and bucket, container or root. */
export interface StoreBase {
  /** Aliases resolved: `s3`, `gs`, `az`, `file`, `memory`, or one that the program added. */
  readonly scheme: string;
  /** Bucket or container; empty for files and for the memory store without a name. */
  readonly bucket: string;
  /** Host of the account, where the location names one: `account.dfs.core.windows.net`. */
  readonly host?: string;
  /** The same for every location of the store; ends in `/`. */
  readonly baseUrl: string;
}

/** A location taken apart. */
export interface ParsedLocation {
  readonly base: StoreBase;
  /** Path within the store as it was written, not yet checked. */
  readonly path: string;
  /** Pattern of paths within the store, where the location has a wildcard. */
  readonly pattern?: string;
}

const url = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)\/?(.*)$/is;
const withoutAuthority = /^(file|memory):(?!\/\/)(.*)$/is;
const bucketName = /^[a-z0-9$_][a-z0-9._$-]*$/i;

/**
 * Takes a location apart without asking any store. What follows the bucket is the path as it stands, since object keys may
 * hold percent signs; only `file:` locations are percent-decoded.
 *
 * @param workingDirectory that relative file paths are resolved against
 * @throws ObjectStoreError InvalidPath for a location with credentials or without a bucket; NotSupported for a scheme
 * that `schemes` does not hold
 */
export function parseLocation(
  location: string,
  workingDirectory: string,
  schemes: ReadonlySet<string>,
): ParsedLocation {
  const [, plainScheme, rest = ''] = withoutAuthority.exec(location) ?? [];
  if (plainScheme !== undefined) {
    return plainScheme.toLowerCase() === 'memory'
      ? located({ scheme: 'memory', bucket: '', baseUrl: 'memory:///' }, rest.replace(/^\//, ''))
      : parseFileLocation({ encoded: rest }, workingDirectory);
  }
  const [, written, authority = '', path = ''] = url.exec(location) ?? [];
  if (written === undefined) return parseFileLocation({ plain: location }, workingDirectory);
  const scheme = canonicalScheme(written.toLowerCase());
  if (!schemes.has(scheme)) throw unknownScheme(written, schemes);
  refuseCredentials(scheme, authority, path, scheme === 'az');
  if (scheme === 'file') {
    if (authority === '' || authority === 'localhost')
      return parseFileLocation({ encoded: `/${path}` }, workingDirectory);
    throw new ObjectStoreError('InvalidPath', 'a file: location may not name a host; write file:///path');
  }
  return located(storeBase(scheme, authority), path);
}

function storeBase(scheme: string, authority: string): StoreBase {
  const at = authority.indexOf('@');
  const bucket = at === -1 ? authority : authority.slice(0, at);
  if (bucket === '' && scheme === 'memory') return { scheme, bucket, baseUrl: 'memory:///' };
  if (!bucketName.test(bucket)) {
    const text = `a location of scheme "${scheme}" must name a bucket or container, as in ${scheme}://bucket/path`;
    throw new ObjectStoreError('InvalidPath', text);
  }
  return {
    scheme,
    bucket,
    ...(at === -1 ? {} : { host: authority.slice(at + 1) }),
    baseUrl: `${scheme}://${authority}/`,
  };
}

function located(base: StoreBase, path: string): ParsedLocation {
  return { base, path, ...(hasWildcard(path) ? { pattern: path } : {}) };
}

function unknownScheme(scheme: string, schemes: ReadonlySet<string>): ObjectStoreError {
  const known = [...schemes].sort().join(', ');
  return new ObjectStoreError('NotSupported', `unknown scheme "${scheme}"; the known schemes are ${known}`);
}
