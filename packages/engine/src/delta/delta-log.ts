import { type CallOptions, type ObjectMeta, ObjectStoreError, parsePath } from '@planscope/object-store';
import type { Place } from '../input/allowed-roots.ts';

/** A commit of a Delta table. */
interface DeltaCommit {
  readonly version: number;
  /** The file of the commit. */
  readonly meta: ObjectMeta;
}

/** The files of a log that describe one version: a checkpoint, if there is one, and the commits after it. */
export interface DeltaLogFiles {
  readonly version: number;
  /** The files of the checkpoint; empty if there is none. */
  readonly checkpoint: readonly ObjectMeta[];
  /** In order of version; the last one is the version itself, unless only its checkpoint is left. */
  readonly commits: readonly DeltaCommit[];
  /** False if the files do not describe the version, because a checkpoint is in a form that is not read. */
  readonly isComplete: boolean;
}

const LOG = '_delta_log';
const VERSION_DIGITS = 20;
const COMMIT_FILE = /\/(\d{20})\.json$/;
/** One file, one of several parts, or a file with a name of its own. */
const CHECKPOINT_FILE = /\/(\d{20})\.checkpoint(?:\.(?:(\d{10})\.(\d{10})|([0-9a-f-]{36})))?\.(?:parquet|json)$/;

/** The path of a file below the folder of a table. */
export function pathInTable({ path }: Place, relative: string): string {
  return path === '' ? relative : `${path}/${relative}`;
}

/** The path of the commit of a version. */
export function commitPath(place: Place, version: number): string {
  return pathInTable(place, `${LOG}/${padded(version)}.json`);
}

/**
 * Lists the files that describe a version of a Delta table, from its last checkpoint on.
 *
 * The protocol: https://github.com/delta-io/delta/blob/master/PROTOCOL.md
 *
 * @param version default: the latest
 * @returns undefined if there is no table, or not this version
 * @throws ObjectStoreError
 */
export async function listLog(
  place: Place,
  version: number | undefined,
  options: CallOptions,
): Promise<DeltaLogFiles | undefined> {
  const last = await lastCheckpoint(place, options);
  const start = last !== undefined && (version === undefined || version >= last) ? last : undefined;
  const listed = await listFiles(place, start, options);
  const newest = Math.max(-1, ...listed.commits.keys(), ...listed.checkpoints.keys());
  const wanted = version ?? newest;
  if (wanted < 0 || wanted > newest) return undefined;
  const base = Math.max(-1, ...[...listed.checkpoints.keys()].filter((known) => known <= wanted));
  const commits: DeltaCommit[] = [];
  for (let at = base + 1; at <= wanted; at += 1) {
    const meta = listed.commits.get(at);
    if (meta !== undefined) commits.push({ version: at, meta });
  }
  const isComplete = commits.length === wanted - base;
  // An old version whose commit was deleted is gone.
  if (!isComplete && commits.at(-1)?.version !== wanted) return undefined;
  return { version: wanted, checkpoint: listed.checkpoints.get(base) ?? [], commits, isComplete };
}

/** The version that `_last_checkpoint` names. The file is only a hint: without it, the whole log is listed. */
async function lastCheckpoint({ store, path }: Place, options: CallOptions): Promise<number | undefined> {
  try {
    const hint = pathInTable({ store, path }, `${LOG}/_last_checkpoint`);
    const { body } = await store.get(hint, { ...options, mayBeAbsent: true });
    const { version } = JSON.parse(await body.text()) as { version?: unknown };
    return typeof version === 'number' ? version : undefined;
  } catch (error) {
    if (ObjectStoreError.isInstance(error) && error.kind === 'NotFound') return undefined;
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface ListedLog {
  readonly commits: ReadonlyMap<number, ObjectMeta>;
  /** Complete checkpoints only. */
  readonly checkpoints: ReadonlyMap<number, readonly ObjectMeta[]>;
}

async function listFiles(place: Place, start: number | undefined, options: CallOptions): Promise<ListedLog> {
  const prefix = pathInTable(place, LOG);
  const listing =
    start === undefined
      ? place.store.list(prefix, options)
      : place.store.listWithOffset(prefix, parsePath(`${prefix}/${padded(start)}`), options);
  const commits = new Map<number, ObjectMeta>();
  const checkpoints = new Map<number, readonly ObjectMeta[]>();
  const parts = new Map<string, ObjectMeta[]>();
  for await (const meta of listing) {
    const [, commit] = COMMIT_FILE.exec(meta.path) ?? [];
    if (commit !== undefined) commits.set(Number(commit), meta);
    const [, checkpoint, , count = '1', name = ''] = CHECKPOINT_FILE.exec(meta.path) ?? [];
    if (checkpoint === undefined) continue;
    // Writers may have written several checkpoints of a version, in different forms.
    const key = [checkpoint, count, name].join();
    const files = [...(parts.get(key) ?? []), meta];
    parts.set(key, files);
    if (files.length === Number(count)) checkpoints.set(Number(checkpoint), files);
  }
  return { commits, checkpoints };
}

function padded(version: number): string {
  return String(version).padStart(VERSION_DIGITS, '0');
}
