import { DuckDBError, type DuckDBSession, type LakeCatalogue } from '@planscope/duckdb';
import { type ObjectMeta, type ObjectStore, objectUrl } from '@planscope/object-store';
import type { PlanningContext } from '@planscope/plan';
import type { DeltaSnapshot } from '../delta/delta-actions.ts';
import { INCOMPLETE_LOG, misread, unreadable } from '../delta/delta-features.ts';
import { type DeltaLogFiles, listLog, pathInTable } from '../delta/delta-log.ts';
import { type DeltaColumn, deltaColumns } from '../delta/delta-schema.ts';
import { readMetadata, readSnapshot } from '../delta/delta-snapshot.ts';
import type { RelationNode } from '../logical/relation-node.ts';
import type { PlanningRequests } from '../run/planning-requests.ts';
import type { RunStores } from '../run/run-stores.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { AllowedRoots, Place } from './allowed-roots.ts';
import { grantAccess, locationFor } from './direct-access.ts';
import { callOptions } from './input-objects.ts';
import type { FetchedTable, InputObject, InputSource } from './input-source.ts';
import type { Staging } from './staging.ts';

/** What finding a table needs. */
export interface LakeTableMeans {
  readonly session: DuckDBSession;
  readonly stores: RunStores;
  /** Folders that tables must be in; undefined means anywhere. */
  readonly roots: AllowedRoots | undefined;
  readonly staging: Staging;
  /** Called with the number of bytes fetched from stores. */
  readonly noteBytes: (bytes: number) => void;
  /** Records the requests that DuckDB itself makes; undefined if they are not traced. */
  readonly requests: PlanningRequests | undefined;
}

/** The tables of lakes that one run reads or writes, each at one version for the whole run. */
export class LakeTables {
  readonly #means: LakeTableMeans;
  readonly #used: LakeCatalogue[] = [];

  constructor(means: LakeTableMeans) {
    this.#means = means;
  }

  /**
   * Finds a table and its version, and prepares DuckDB to read it.
   *
   * @throws SpecError `input-not-found`, `direct-unavailable`, `outside-roots` or `unreadable-input`
   */
  find(relation: RelationNode, context: PlanningContext): Promise<InputSource> {
    if (relation.format === 'delta') return this.#findDelta(relation, context);
    if (relation.format === 'iceberg') return this.#findIceberg(relation, context);
    return this.#findInDuckLake(relation);
  }

  /** Detaches the catalogues. Never rejects. */
  async release(): Promise<void> {
    await Promise.all(this.#used.splice(0).map((lake) => lake.release()));
  }

  /**
   * Attaches a DuckLake until the end of the run.
   *
   * @param field of the location in the specification
   */
  async useDuckLake(location: string, field: string): Promise<LakeCatalogue> {
    const { session, roots } = this.#means;
    const [, kind, path] = /^ducklake:(?:(sqlite|postgres|mysql):)?(.*)$/s.exec(location) ?? [];
    if (path === undefined) {
      throw new SpecError('invalid-spec', field, 'is not a DuckLake; write it as in "ducklake:folder/lake.ducklake"');
    }
    if (/password\s*=/i.test(path)) {
      throw new SpecError('invalid-spec', field, 'contains a password; put it into a secret of DuckDB');
    }
    if (roots !== undefined) {
      if (kind !== undefined) throw onServer(field, location);
      await roots.check(field, location, this.#means.stores.resolve(path));
    }
    await this.#load('ducklake', field);
    if (kind !== undefined) await this.#load(kind, field);
    // Attaching fails if the files are in a bucket, which only the catalogue knows, and nothing can read it.
    const missing = await this.#missing('httpfs');
    const lake = await attempt(field, () => session.useLake(location)).catch((error: Error) => {
      if (missing === undefined || !/\bhttpfs\b/.test(error.message)) throw error;
      throw new SpecError('direct-unavailable', field, missing.message, { cause: error });
    });
    this.#used.push(lake);
    if (lake.dataPath.includes('://')) await this.#grant(this.#means.stores.resolve(lake.dataPath), field);
    return lake;
  }

  async #findInDuckLake({ location, field, table = '', version }: RelationNode): Promise<InputSource> {
    const lake = await this.useDuckLake(location, `${field}.location`);
    const [name = '', schema = 'main'] = table.split('.').reverse();
    const at = version === undefined ? lake.snapshot : Number(version);
    return {
      objects: [],
      access: { way: 'direct' },
      table: {
        version: at,
        table: { format: 'ducklake', catalogue: lake.name, schema, table: name, version: at },
      },
    };
  }

  async #findDelta(relation: RelationNode, context: PlanningContext): Promise<InputSource> {
    const { field, location, version } = relation;
    const place = await this.#place(relation);
    const log = await listLog(place, version === undefined ? undefined : Number(version), callOptions(context));
    if (log === undefined) {
      const wanted = version === undefined ? 'no Delta table' : `no version ${version} of a Delta table`;
      throw new SpecError('input-not-found', `${field}.location`, `there is ${wanted} at ${location}; check the path`);
    }
    const reason = relation.access === 'fetch' ? undefined : await this.#obstacleToDelta(relation, place, log, context);
    if (relation.access === 'fetch' || (reason !== undefined && relation.access === undefined)) {
      return this.#readDelta(relation, place, log, context, reason);
    }
    if (reason !== undefined) {
      throw new SpecError(
        'direct-unavailable',
        `${field}.access`,
        `${reason}; access: "fetch" reads the table without it`,
      );
    }
    const identifying = log.commits.at(-1)?.meta ?? log.checkpoint[0];
    return {
      objects: identifying === undefined ? [] : [objectOf(place.store, identifying)],
      access: { way: 'direct' },
      table: {
        version: log.version,
        table: { format: 'delta', location: locationFor(place), version: log.version },
      },
    };
  }

  async #readDelta(
    { field }: RelationNode,
    place: Place,
    log: DeltaLogFiles,
    context: PlanningContext,
    reason: string | undefined,
  ): Promise<InputSource> {
    const { session, staging, noteBytes } = this.#means;
    const options = { ...callOptions(context), onBytes: noteBytes };
    if (!log.isComplete) throw unsupported(field, INCOMPLETE_LOG, reason);
    const snapshot = await readSnapshot(place, log, { session, staging, options });
    const problem = unreadable(snapshot, []);
    if (problem !== undefined) throw unsupported(field, problem, reason);
    const isLocal = place.store.localPath?.(place.path) !== undefined;
    const table: FetchedTable = {
      version: log.version,
      delta: { place, snapshot, columns: columnsOf(field, snapshot, reason) },
    };
    const identifying = log.commits.at(-1)?.meta ?? log.checkpoint[0];
    return {
      objects: identifying === undefined ? [] : [objectOf(place.store, identifying)],
      access: { way: isLocal ? 'in_place' : 'fetch', ...(reason === undefined ? {} : { reason }) },
      table,
    };
  }

  /** Why DuckDB's extension must not or cannot read a Delta table. */
  async #obstacleToDelta(
    { names: [name], access }: RelationNode,
    place: Place,
    log: DeltaLogFiles,
    context: PlanningContext,
  ): Promise<string | undefined> {
    const { store, path } = place;
    const { session, roots, noteBytes, requests } = this.#means;
    // The extension reads logs without asking DuckDB whether the path is permitted.
    if (roots !== undefined) return 'allowedRoots cannot restrict what the extension delta reads';
    try {
      await session.loadExtension('delta');
    } catch (error) {
      if (!DuckDBError.isInstance(error)) throw error;
      return error.message;
    }
    const isLocal = store.localPath?.(path) !== undefined;
    const reason = isLocal ? undefined : await grantAccess(session, store);
    if (reason !== undefined) return reason;
    const options = { ...callOptions(context), onBytes: noteBytes };
    const metadata = await readMetadata(place, log, { session, options, observe: requests?.(context) });
    const wrong = metadata && misread(metadata);
    if (wrong !== undefined && access === undefined) {
      const message = `the files of the input ${JSON.stringify(name)} are fetched, because ${wrong}`;
      context.warn({ code: 'delta-fetched', message });
    }
    return wrong;
  }

  async #findIceberg(relation: RelationNode, context: PlanningContext): Promise<InputSource> {
    const place = await this.#place(relation);
    const meta = await findMetadata(place, relation, context);
    const { body } = await place.store.get(meta.path, callOptions(context));
    const snapshot = relation.version ?? currentSnapshot(await body.text());
    await this.#load('avro', `${relation.field}.format`);
    await this.#load('iceberg', `${relation.field}.format`);
    await this.#grant(place, `${relation.field}.location`);
    const location = locationFor({ store: place.store, path: meta.path });
    return {
      objects: [objectOf(place.store, meta)],
      access: { way: 'direct' },
      table: {
        version: snapshot ?? 'none',
        table: { format: 'iceberg', location, ...(snapshot === undefined ? {} : { snapshot: String(snapshot) }) },
      },
    };
  }

  async #place({ field, location }: RelationNode): Promise<Place> {
    const { store, path, pattern } = this.#means.stores.resolve(location);
    if (pattern !== undefined) {
      throw new SpecError('invalid-spec', `${field}.location`, 'has a wildcard; give the folder of one table');
    }
    await this.#means.roots?.check(`${field}.location`, location, { store, path });
    return { store, path };
  }

  /** @throws SpecError `direct-unavailable` */
  async #load(extension: string, field: string): Promise<void> {
    try {
      await this.#means.session.loadExtension(extension);
    } catch (error) {
      if (!DuckDBError.isInstance(error)) throw error;
      throw new SpecError('direct-unavailable', field, error.message, { cause: error });
    }
  }

  /** Loads an extension if it is there; otherwise returns the error that says how to get it. */
  async #missing(extension: string): Promise<DuckDBError | undefined> {
    try {
      await this.#means.session.loadExtension(extension);
      return undefined;
    } catch (error) {
      if (DuckDBError.isInstance(error)) return error;
      throw error;
    }
  }

  async #grant({ store, path }: Place, field: string): Promise<void> {
    if (store.localPath?.(path) !== undefined) return;
    const reason = await grantAccess(this.#means.session, store);
    if (reason !== undefined) throw new SpecError('direct-unavailable', field, reason);
  }
}

function onServer(field: string, location: string): SpecError {
  const text = `${JSON.stringify(location)} is not a file of DuckDB, and allowedRoots can permit only those`;
  return new SpecError('outside-roots', field, text);
}

/**
 * The error for a table that uses something that the engine does not read through its stores.
 *
 * @param reason why DuckDB does not read it either
 */
export function unsupported(field: string, problem: string, reason?: string): SpecError {
  const other = reason === undefined ? 'use access: "direct"' : `DuckDB does not read it itself, because ${reason}`;
  const text = `the engine cannot read the Delta table through its stores, because ${problem}; ${other}`;
  return new SpecError('unsupported-table', `${field}.location`, text);
}

function columnsOf(field: string, { metadata }: DeltaSnapshot, reason: string | undefined): DeltaColumn[] {
  try {
    return deltaColumns(metadata);
  } catch (error) {
    throw unsupported(field, `it uses ${(error as Error).message}`, reason);
  }
}

const METADATA_FILE = /(?:^|\/)v?(\d+)[^/]*\.metadata\.json$/;

/** The metadata file that a location names, or the one with the highest number in the folder of the table. */
async function findMetadata(
  { store, path }: Place,
  { field, location }: RelationNode,
  context: PlanningContext,
): Promise<ObjectMeta> {
  if (METADATA_FILE.test(path)) return store.head(path, callOptions(context));
  let newest: ObjectMeta | undefined;
  for await (const meta of store.list(pathInTable({ store, path }, 'metadata'), callOptions(context))) {
    if (METADATA_FILE.test(meta.path) && (newest === undefined || numberOf(meta) > numberOf(newest))) newest = meta;
  }
  if (newest !== undefined) return newest;
  const text = `there is no Iceberg table at ${location}; give the folder of the table, or one of its metadata files`;
  throw new SpecError('input-not-found', `${field}.location`, text);
}

function numberOf({ path }: ObjectMeta): number {
  return Number(METADATA_FILE.exec(path)?.[1]);
}

/** Ids of snapshots have up to 63 bits, so they are read as text. */
function currentSnapshot(metadata: string): string | undefined {
  const [, id] = /"current-snapshot-id"\s*:\s*(\d+)/.exec(metadata) ?? [];
  return id;
}

function objectOf(store: ObjectStore, meta: ObjectMeta): InputObject {
  return { url: objectUrl(store, meta.path), store, meta };
}

async function attempt<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SpecError('unreadable-input', field, reason, { cause: error });
  }
}
