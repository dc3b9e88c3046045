import type { LakeTable } from '@planscope/duckdb';
import { type CallOptions, innerStore, type RemoteObject } from '@planscope/object-store';
import type { DeltaSnapshot } from '../delta/delta-actions.ts';
import type { DeltaColumn } from '../delta/delta-schema.ts';
import type { Place } from './allowed-roots.ts';

/** One object of an input, as its store described it when the run was planned. */
export interface InputObject extends RemoteObject {
  /** URL without credentials. */
  readonly url: string;
  /** DuckDB has to find its file under a path that is not a pattern. Default: false. */
  readonly isLiteral?: boolean;
}

/** What an input is in one run. */
export interface InputSource {
  /** Sorted by path. For a table that DuckDB reads, the files that identify its version. */
  readonly objects: readonly InputObject[];
  readonly access: SourceAccess;
  /** Set for a table of a lake. */
  readonly table?: TableState;
}

/** Who reads an input. */
export interface SourceAccess {
  /** `in_place`: local files, which DuckDB reads where they are. */
  readonly way: 'in_place' | 'direct' | 'fetch';
  /** Why DuckDB does not read it from its store. */
  readonly reason?: string;
}

/**
 * The objects whose columns DuckDB looks up in the object itself, without a check of their state. The footers of
 * Parquet objects in a store come through the store, which checks the etag.
 */
export function uncheckedObjects({ objects, access }: InputSource, format: string): readonly InputObject[] {
  if (access.way === 'direct' && format !== 'parquet') return objects;
  return objects.filter(({ store, meta }) => store.localPath?.(meta.path) !== undefined);
}

/** A table of a lake at one version. */
export interface TableState {
  /** Version of a Delta table, or id of a snapshot. */
  readonly version: number | string;
  /** For DuckDB, if it reads the table itself. */
  readonly table?: LakeTable;
}

/** A Delta table whose files are fetched. */
export interface DeltaTableFiles {
  readonly place: Place;
  readonly snapshot: DeltaSnapshot;
  readonly columns: readonly DeltaColumn[];
}

/** Whether equal etags mean equal bytes. A weak etag may stay the same when bytes change. */
export function hasStrongETag({ meta: { eTag } }: InputObject): boolean {
  return eTag !== undefined && !/^w\//i.test(eTag);
}

/** Identifies an object and its state: URL, size and etag, and the modification time unless the etag is strong. */
export function objectState(object: InputObject): string {
  const { url, meta } = object;
  const { size, eTag, lastModified } = meta;
  return JSON.stringify([url, size, eTag ?? null, ...(hasStrongETag(object) ? [] : [lastModified.getTime()])]);
}

/**
 * The current state of an object; undefined if the store cannot return it.
 *
 * @param options with which a remote object is requested; a local file is looked at without a span
 */
export async function currentState(
  { url, store, meta }: InputObject,
  options?: CallOptions,
): Promise<string | undefined> {
  const isTraced = options !== undefined && store.localPath?.(meta.path) === undefined;
  const now = await (isTraced ? store : innerStore(store)).head(meta.path, options).catch(() => undefined);
  return now && objectState({ url, store, meta: now });
}

/** A table whose files the engine fetches itself. */
export interface FetchedTable extends TableState {
  readonly delta: DeltaTableFiles;
}

/** The log of a Delta table whose files are fetched; undefined for any other input. */
export function deltaFilesOf({ table }: InputSource): DeltaTableFiles | undefined {
  return (table as Partial<FetchedTable> | undefined)?.delta;
}
