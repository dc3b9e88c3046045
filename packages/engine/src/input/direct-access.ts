import { DuckDBError, type DuckDBSession, type Secret } from '@planscope/duckdb';
import {
  innerStore,
  type ObjectStore,
  ObjectStoreError,
  objectUrl,
  parsePath,
  type StoreAccess,
} from '@planscope/object-store';
import type { RelationNode } from '../logical/relation-node.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { Place } from './allowed-roots.ts';
import type { InputObject, SourceAccess } from './input-source.ts';
import { pathInPlace } from './staging.ts';

/** Base URLs of stores whose URLs mean the same to DuckDB. */
const UNDERSTOOD_BASE = /^(?:s3|gs|az):\/\/[^@/]+\/$/;
/** Characters of a path that DuckDB would take for a pattern, a query or an escape. */
const SPECIAL_CHARACTER = /[*?[\]{}%#]/;

/** DuckDB's extension for each kind of store. */
const EXTENSIONS = { s3: 'httpfs', gs: 'httpfs', azure: 'azure' } as const satisfies Record<
  StoreAccess['kind'],
  string
>;

/** DuckDB's extensions for the stores of some URLs. */
export function extensionsFor(urls: readonly string[]): string[] {
  const found = urls.flatMap((url) => {
    if (!UNDERSTOOD_BASE.test(baseOf(url))) return [];
    return url.startsWith('az:') ? EXTENSIONS.azure : EXTENSIONS.s3;
  });
  return [...new Set(found)];
}

function baseOf(url: string): string {
  return /^[a-z0-9]+:\/\/[^/]*\//.exec(url)?.[0] ?? '';
}

/**
 * Determines who reads the objects of a file input, and gives DuckDB the credentials if it reads them itself.
 *
 * @throws SpecError `direct-unavailable` if the specification requires `direct` and DuckDB cannot do it
 */
export async function fileAccess(
  session: DuckDBSession,
  { access, format, field }: RelationNode,
  objects: readonly InputObject[],
): Promise<SourceAccess> {
  if (objects.every((object) => pathInPlace(object) !== undefined)) return { way: 'in_place' };
  if (access === 'fetch') return { way: 'fetch' };
  const reason =
    format === 'parquet' || access === 'direct'
      ? await obstacle(session, objects)
      : `a ${format} file is always read whole, so it is fetched through its store`;
  if (reason === undefined) return { way: 'direct' };
  if (access === 'direct') throw new SpecError('direct-unavailable', `${field}.access`, reason);
  return { way: 'fetch', reason };
}

async function obstacle(session: DuckDBSession, objects: readonly InputObject[]): Promise<string | undefined> {
  const special = objects.find(({ meta }) => SPECIAL_CHARACTER.test(meta.path));
  if (special !== undefined) {
    return 'a path has a character that DuckDB would take for a pattern';
  }
  for (const store of new Set(objects.map((object) => object.store))) {
    const reason = await grantAccess(session, store);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** A place as DuckDB reads it: a local path, or a URL. */
export function locationFor({ store, path }: Place): string {
  const parsed = parsePath(path);
  return store.localPath?.(parsed) ?? objectUrl(store, parsed);
}

/**
 * Enables DuckDB to read a store: loads the extension and creates a secret with the current credentials.
 *
 * @returns the reason if that is not possible
 */
export async function grantAccess(session: DuckDBSession, store: ObjectStore): Promise<string | undefined> {
  const { access, baseUrl, name } = innerStore(store);
  if (access === undefined || !UNDERSTOOD_BASE.test(baseUrl)) return `DuckDB cannot reach the store "${name}"`;
  try {
    const granted = await access.call(innerStore(store));
    if (granted === undefined) return `the credentials of the store "${name}" have no form that DuckDB understands`;
    await session.loadExtension(EXTENSIONS[granted.kind]);
    await session.useSecret(secretOf(granted));
    return undefined;
  } catch (error) {
    if (DuckDBError.isInstance(error) || ObjectStoreError.isInstance(error)) return error.message;
    throw error;
  }
}

function secretOf(access: StoreAccess): Secret {
  if (access.kind === 'azure') {
    const { container, connectionString } = access;
    return { type: 'azure', scope: `az://${container}/`, values: { CONNECTION_STRING: connectionString } };
  }
  if (access.kind === 'gs') {
    const { bucket, accessId, secret, endpoint } = access;
    return {
      type: 'gcs',
      scope: `gs://${bucket}/`,
      values: { KEY_ID: accessId, SECRET: secret, ...serverValues(endpoint) },
    };
  }
  const { bucket, region, endpoint, forcePathStyle, credentials } = access;
  return {
    type: 's3',
    scope: `s3://${bucket}/`,
    values: {
      URL_STYLE: forcePathStyle ? 'path' : 'vhost',
      ...(region === undefined ? {} : { REGION: region }),
      ...serverValues(endpoint),
      ...(credentials && { KEY_ID: credentials.accessKeyId, SECRET: credentials.secretAccessKey }),
      ...(credentials?.sessionToken && { SESSION_TOKEN: credentials.sessionToken }),
    },
  };
}

/** The parameters for a server other than that of the cloud. */
function serverValues(endpoint: string | undefined): Secret['values'] {
  if (endpoint === undefined) return {};
  const { host, pathname, protocol } = new URL(endpoint);
  return { ENDPOINT: host + pathname.replace(/\/$/, ''), USE_SSL: protocol === 'https:' };
}
