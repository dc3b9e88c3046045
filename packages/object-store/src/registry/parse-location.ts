// From a location to scheme, bucket and path, without credentials, and back to a URL.

import { parse, posix, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ObjectStore } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { ObjectPath } from '../path/object-path.ts';
import { escapeGlob, hasWildcard } from './find-objects.ts';

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

/** A parsed location. */
interface ParsedLocation {
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
 * Parses a location without a request. The text after the bucket is the path unchanged, because object keys may
 * contain percent signs; only `file:` locations are percent-decoded.
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

/**
 * A location on the file system: a plain path, or what follows `file:` in a URL, which is percent-decoded. A
 * percent-encoded wildcard is plain text.
 *
 * @throws ObjectStoreError InvalidPath for percent-encoding that is malformed or stands for a `/`
 */
function parseFileLocation(
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

const secretParameters = new Set([
  'access_key',
  'access_key_id',
  'account_key',
  'awsaccesskeyid',
  'googleaccessid',
  'password',
  'sas_token',
  'secret',
  'secret_access_key',
  'secret_key',
  'session_token',
  'sig',
  'signature',
  'token',
  'x-amz-credential',
  'x-amz-security-token',
  'x-amz-signature',
  'x-goog-credential',
  'x-goog-signature',
]);

/**
 * Refuses a location that carries credentials, before anything can log it. The error contains only the location's
 * scheme and the name of the parameter.
 *
 * @param userIsContainer whether `name@host` names a container, as it does for Azure
 * @throws ObjectStoreError InvalidPath
 */
function refuseCredentials(scheme: string, authority: string, key: string, userIsContainer: boolean): void {
  const user = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  if (user !== undefined && (!userIsContainer || user.includes(':'))) throw refusal(scheme, 'a user or a key');
  for (const [, name = ''] of key.matchAll(/[?&]([^?&=]+)=/g)) {
    if (secretParameters.has(name.toLowerCase())) throw refusal(scheme, `the parameter "${name}"`);
  }
}

function refusal(scheme: string, what: string): ObjectStoreError {
  const text = `a location of scheme "${scheme}" carries ${what}; give credentials to the store, never in a URL`;
  return new ObjectStoreError('InvalidPath', text);
}

/** The URL of an object, or of a prefix: the base URL and the path; percent-encoded only where it is a file. */
export function objectUrl(store: ObjectStore, path: ObjectPath): string {
  if (!store.baseUrl.startsWith('file:')) return store.baseUrl + path;
  // Resolved against the base, an encoded path cannot climb, since no segment of a path is `..`.
  return store.baseUrl + pathToFileURL(`/${path}`).href.slice('file:///'.length);
}

/** A kind of store that locations can name, beside those a program adds. */
interface KnownScheme {
  /** The scheme that represents it and its aliases. */
  readonly scheme: string;
  readonly aliases: readonly string[];
  /** How to get a store of this kind, if it is not built in. */
  readonly factory?: { readonly install: string; readonly from: string; readonly name: string };
}

export const knownSchemes: readonly KnownScheme[] = [
  { scheme: 'file', aliases: [] },
  { scheme: 'memory', aliases: [] },
  {
    scheme: 's3',
    aliases: [],
    factory: { install: '@aws-sdk/client-s3', from: '@planscope/object-store/s3', name: 's3Stores' },
  },
  {
    scheme: 'gs',
    aliases: ['gcs'],
    factory: { install: '@google-cloud/storage', from: '@planscope/object-store/gs', name: 'gsStores' },
  },
  {
    scheme: 'az',
    aliases: ['abfs', 'abfss'],
    factory: { install: '@azure/storage-blob', from: '@planscope/object-store/az', name: 'azStores' },
  },
];

/** The scheme of an alias; returns any other scheme unchanged. */
export function canonicalScheme(scheme: string): string {
  return knownSchemes.find(({ aliases }) => aliases.includes(scheme))?.scheme ?? scheme;
}
