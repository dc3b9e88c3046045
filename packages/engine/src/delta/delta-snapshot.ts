import type { DuckDBSession } from '@planscope/duckdb';
import { type CallOptions, objectUrl, parsePath } from '@planscope/object-store';
import type { Place } from '../input/allowed-roots.ts';
import type { InputObject } from '../input/input-source.ts';
import type { Staging } from '../input/staging.ts';
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
  const newestFirst = [...log.commits].reverse();
  for (let at = 0; at < newestFirst.length; at += COMMITS_TOGETHER) {
    const texts = newestFirst.slice(at, at + COMMITS_TOGETHER).map(async ({ meta }) => {
      const { body } = await place.store.get(meta.path, means.options);
      const text = await body.text();
      means.options.onBytes(meta.size);
      return text;
    });
    for (const text of await Promise.all(texts)) replay.apply(commitActions(text));
  }
  if (log.checkpoint.length > 0) replay.apply(await checkpointActions(place, log, means));
  return replay.snapshot(log.version);
}

async function checkpointActions({ store }: Place, log: DeltaLogFiles, means: DeltaMeans): Promise<DeltaAction[]> {
  const objects = log.checkpoint.map((meta): InputObject => ({ url: objectUrl(store, meta.path), store, meta }));
  const files = await means.staging.fetch(objects, means.options);
  const rows = await means.session.rows({
    sql: `SELECT to_json(add), to_json(protocol), to_json("metaData") FROM checkpoint
      WHERE add IS NOT NULL OR protocol IS NOT NULL OR "metaData" IS NOT NULL`,
    inputs: [{ name: 'checkpoint', format: 'parquet', paths: files.map(({ path }) => path) }],
  });
  return rows.map(([add, protocol, metaData]) => ({
    add: parsed<DeltaFile>(add),
    protocol: parsed<DeltaProtocol>(protocol),
    metaData: parsed<DeltaMetadata>(metaData),
  }));
}

function parsed<T>(json: unknown): T | null {
  return typeof json === 'string' ? (JSON.parse(json) as T | null) : null;
}

/** Applies actions from the newest to the oldest: the first one about a file or the table decides. */
class Replay {
  readonly #decided = new Set<string>();
  readonly #files: DeltaFile[] = [];
  #protocol: DeltaProtocol | undefined;
  #metadata: DeltaMetadata | undefined;

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
    const key = JSON.stringify([path, deletionVector ?? null]);
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
