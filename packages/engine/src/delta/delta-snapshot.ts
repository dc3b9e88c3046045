import { readFile } from 'node:fs/promises';
import type { DuckDBSession, RequestObserver } from '@planscope/duckdb';
import { type CallOptions, type ObjectMeta, type ObjectStore, objectUrl, parsePath } from '@planscope/object-store';
import type { Place } from '../input/allowed-roots.ts';
import { locationFor } from '../input/direct-access.ts';
import type { InputObject } from '../input/input-source.ts';
import type { Staging } from '../input/staging.ts';
import { vectorKey } from './deletion-vector.ts';
import {
  commitActions,
  type DeltaAction,
  type DeltaFile,
  type DeltaMetadata,
  type DeltaProtocol,
  type DeltaSnapshot,
} from './delta-actions.ts';
import { type DeltaLogFiles, pathInTable } from './delta-log.ts';

/** What reading a log needs. */
export interface DeltaMeans {
  /** Reads checkpoints, which are Parquet files. */
  readonly session: DuckDBSession;
  readonly staging: Staging;
  readonly options: CallOptions & { readonly onBytes: (bytes: number) => void };
}

/** What reading only the metadata needs. */
interface MetadataMeans extends Pick<DeltaMeans, 'session' | 'options'> {
  /** Gets the requests of DuckDB, which reads checkpoints where they are. */
  readonly observe?: RequestObserver | undefined;
}

/** Commits that are read at the same time. */
const COMMITS_TOGETHER = 8;

/**
 * Reads a version of a Delta table from its log.
 *
 * @throws Error if the log has no protocol or no metadata
 * @throws ObjectStoreError
 */
export async function readSnapshot(place: Place, log: DeltaLogFiles, means: DeltaMeans): Promise<DeltaSnapshot> {
  const replay = new Replay();
  const newestFirst = log.commits.map(({ meta }) => meta).reverse();
  for (let at = 0; at < newestFirst.length; at += COMMITS_TOGETHER) {
    await applyCommits(replay, place, newestFirst.slice(at, at + COMMITS_TOGETHER), means.options);
  }
  if (log.checkpoint.length > 0) replay.apply(await checkpointActions(place, log, means));
  return replay.snapshot(log.version);
}

/**
 * Reads no more of the log than the metadata of a version. DuckDB reads the checkpoint where it is, and of it only the
 * column with the metadata, because a checkpoint of a large table is large.
 *
 * @returns undefined if the log has none
 * @throws ObjectStoreError
 */
export async function readMetadata(
  place: Place,
  { commits, checkpoint }: DeltaLogFiles,
  { session, options, observe }: MetadataMeans,
): Promise<DeltaMetadata | undefined> {
  const replay = new Replay();
  const inParquet = checkpoint.filter(({ path }) => path.endsWith('.parquet'));
  const inJson = checkpoint.filter(({ path }) => path.endsWith('.json'));
  const newestFirst = [...inJson, ...commits.map(({ meta }) => meta)].reverse();
  for (let at = 0; at < newestFirst.length && replay.metadata === undefined; at += COMMITS_TOGETHER) {
    await applyCommits(replay, place, newestFirst.slice(at, at + COMMITS_TOGETHER), options);
  }
  if (replay.metadata !== undefined || inParquet.length === 0) return replay.metadata;
  const paths = inParquet.map(({ path }) => locationFor({ store: place.store, path }));
  const [[found] = []] = await session.rows(
    {
      sql: 'SELECT to_json("metaData") FROM checkpoint WHERE "metaData" IS NOT NULL',
      inputs: [{ name: 'checkpoint', format: 'parquet', paths, options: { union_by_name: true } }],
    },
    place.store.localPath?.(place.path) === undefined ? observe : undefined,
  );
  return found == null ? undefined : (JSON.parse(String(found)) as DeltaMetadata);
}

async function applyCommits(
  replay: Replay,
  { store }: Place,
  metas: readonly ObjectMeta[],
  options: DeltaMeans['options'],
): Promise<void> {
  const texts = metas.map(async ({ path, size }) => {
    const { body } = await store.get(path, options);
    const text = await body.text();
    options.onBytes(size);
    return text;
  });
  for (const text of await Promise.all(texts)) replay.apply(commitActions(text));
}

/** The actions of a checkpoint, and of the sidecars that it names. */
async function checkpointActions(
  place: Place,
  { checkpoint }: DeltaLogFiles,
  means: DeltaMeans,
): Promise<DeltaAction[]> {
  const actions = await actionsOf(place.store, checkpoint, means);
  const sidecars = actions.flatMap(({ sidecar }) => (sidecar ? [sidecarMeta(place, sidecar)] : []));
  return sidecars.length === 0 ? actions : [...actions, ...(await actionsOf(place.store, sidecars, means))];
}

/** Columns of a checkpoint that are needed. It may lack any of them. */
const CHECKPOINT_COLUMNS = ['add', 'protocol', 'metaData', 'sidecar'];

async function actionsOf(
  store: ObjectStore,
  metas: readonly ObjectMeta[],
  { session, staging, options }: DeltaMeans,
): Promise<DeltaAction[]> {
  const objects = metas.map((meta): InputObject => ({ url: objectUrl(store, meta.path), store, meta }));
  const files = await staging.fetch(objects, options);
  if (metas.some(({ path }) => path.endsWith('.json'))) {
    const texts = await Promise.all(files.map(({ path }) => readFile(path, 'utf8')));
    return texts.flatMap(commitActions);
  }
  const names = CHECKPOINT_COLUMNS.map((name) => `'${name}'`).join(', ');
  const rows = await session.rows({
    sql: `SELECT to_json(action) FROM (SELECT COLUMNS(lambda name: name IN (${names})) FROM checkpoint) AS action`,
    inputs: [{ name: 'checkpoint', format: 'parquet', paths: files.map(({ path }) => path) }],
  });
  return rows.map(([action]) => JSON.parse(String(action)) as DeltaAction);
}

function sidecarMeta(place: Place, { path, sizeInBytes, modificationTime }: Sidecar): ObjectMeta {
  // A sidecar is always in this folder, so only the name in its path matters.
  const name = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
  return {
    path: parsePath(pathInTable(place, `_delta_log/_sidecars/${name}`)),
    size: Number(sizeInBytes),
    lastModified: new Date(Number(modificationTime)),
  };
}

type Sidecar = NonNullable<DeltaAction['sidecar']>;

/** Applies actions from the newest to the oldest: the first one about a file or the table decides. */
class Replay {
  readonly #decided = new Set<string>();
  readonly #files: DeltaFile[] = [];
  #protocol: DeltaProtocol | undefined;
  #metadata: DeltaMetadata | undefined;

  /** The newest one so far. */
  get metadata(): DeltaMetadata | undefined {
    return this.#metadata;
  }

  apply(actions: readonly DeltaAction[]): void {
    // In one commit, a file may be removed and added again with another deletion vector.
    for (const { add } of actions) if (add) this.#decide(add, () => this.#files.push(add));
    for (const { remove, protocol, metaData } of actions) {
      if (remove) this.#decide(remove);
      if (protocol) this.#protocol ??= protocol;
      if (metaData) this.#metadata ??= metaData;
    }
  }

  snapshot(version: number): DeltaSnapshot {
    if (this.#protocol === undefined || this.#metadata === undefined) {
      throw new Error('[planscope/engine] the log of the Delta table has no protocol or no metadata');
    }
    return { version, protocol: this.#protocol, metadata: this.#metadata, files: this.#files };
  }

  #decide({ path, deletionVector }: Pick<DeltaFile, 'path' | 'deletionVector'>, keep = (): unknown => undefined): void {
    const key = JSON.stringify([path, vectorKey(deletionVector) ?? null]);
    if (this.#decided.has(key)) return;
    this.#decided.add(key);
    keep();
  }
}

/** A data file as an object of the store of its table. */
export function dataObject(place: Place, { path, size, modificationTime }: DeltaFile): InputObject {
  const inStore = parsePath(pathInTable(place, decodeURIComponent(path)));
  const meta = { path: inStore, size: Number(size), lastModified: new Date(Number(modificationTime)) };
  return { url: objectUrl(place.store, inStore), store: place.store, meta, isImmutable: true, isLiteral: true };
}
