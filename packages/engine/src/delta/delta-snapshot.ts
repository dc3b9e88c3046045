import type { DuckDBSession } from '@planscope/duckdb';
import { type CallOptions, objectUrl, parsePath } from '@planscope/object-store';
import type { Place } from '../input/allowed-roots.ts';
import type { InputObject } from '../input/input-source.ts';
import type { Staging } from '../input/staging.ts';
import type { CommitInfo } from './delta-commit.ts';
import { type DeltaLogFiles, pathInTable } from './delta-log.ts';

/** What a Delta table requires of its readers and writers. */
export interface DeltaProtocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[] | null;
  readonly writerFeatures?: readonly string[] | null;
}

/** Schema and settings of a Delta table. */
export interface DeltaMetadata {
  readonly id: string;
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration?: Readonly<Record<string, string>> | null;
}

/** A data file of a Delta table. */
export interface DeltaFile {
  /** Relative to the table, percent-encoded, or a URL. */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since the Unix epoch. */
  readonly modificationTime: number;
  /** Set if rows of the file are deleted without rewriting it. */
  readonly deletionVector?: unknown;
}

/** A Delta table at one version. */
export interface DeltaSnapshot {
  readonly version: number;
  readonly protocol: DeltaProtocol;
  readonly metadata: DeltaMetadata;
  /** The files whose rows the table has. */
  readonly files: readonly DeltaFile[];
}

/** An action of a commit, or a row of a checkpoint. Other actions do not affect reading. */
export interface DeltaAction {
  readonly commitInfo?: CommitInfo | null;
  readonly protocol?: DeltaProtocol | null;
  readonly metaData?: DeltaMetadata | null;
  readonly add?: DeltaFile | null;
  readonly remove?: (Pick<DeltaFile, 'path' | 'deletionVector'> & Readonly<Record<string, unknown>>) | null;
}

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

/** The actions of a commit: one JSON object in each line. */
export function commitActions(text: string): DeltaAction[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as DeltaAction);
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
  return { url: objectUrl(place.store, inStore), store: place.store, meta, isImmutable: true };
}
