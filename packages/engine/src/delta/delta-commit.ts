import { randomUUID } from 'node:crypto';
import { type CallOptions, ObjectStoreError } from '@planscope/object-store';
import type { Place } from '../input/allowed-roots.ts';
import { EngineError } from '../run/engine-error.ts';
import { type CommitInfo, commitActions, type DeltaAction } from './delta-actions.ts';
import { commitPath } from './delta-log.ts';

/** A commit to write. */
export interface NewCommit {
  /** The version that was read. */
  readonly base: number;
  readonly actions: readonly DeltaAction[];
  readonly info: CommitInfo & Readonly<Record<string, unknown>>;
  /**
   * Whether it only adds files, whatever else the table has. Such a commit is written again after one that was faster,
   * unless that one changed the table itself.
   */
  readonly isBlindAppend: boolean;
}

/** Another commit that got a version first. */
interface LostRace {
  readonly version: number;
  readonly winner: CommitInfo;
}

/** How a commit ended. */
export interface Committed {
  readonly version: number;
  /** The versions that others got first. */
  readonly lost: readonly LostRace[];
}

/** Versions that others may take before the commit gives up. */
const MOST_RACES = 100;

/** The error for a commit that another writer made impossible. */
function conflict({ version, winner }: LostRace, reason: string): EngineError {
  const text = `version ${version} of the table was committed first by ${describeWinner(winner)}, ${reason}`;
  return new EngineError('delta-conflict', `${text}; nothing was written`);
}

/** Names the writer of a commit. */
export function describeWinner({
  engineInfo = 'an unknown writer',
  operation = 'an unknown operation',
}: CommitInfo): string {
  return `${engineInfo} (${operation})`;
}

/**
 * Writes a commit with the next version that is free. The store writes it only if no other object has its path, so of two
 * writers exactly one gets a version.
 *
 * @throws EngineError `delta-conflict`, naming the writer that was faster
 * @throws ObjectStoreError
 */
export async function writeCommit(place: Place, commit: NewCommit, options: CallOptions): Promise<Committed> {
  const info = { ...commit.info, isBlindAppend: commit.isBlindAppend, txnId: commit.info.txnId ?? randomUUID() };
  const text = [{ commitInfo: info }, ...commit.actions].map((action) => `${JSON.stringify(action)}\n`).join('');
  const lost: LostRace[] = [];
  for (let version = commit.base + 1; ; version += 1) {
    const path = commitPath(place, version);
    try {
      await place.store.put(path, text, { ...options, mode: 'create' });
      return { version, lost };
    } catch (error) {
      if (!ObjectStoreError.isInstance(error) || error.kind !== 'AlreadyExists') throw error;
    }
    const actions = await readCommit(place, path, options);
    const winner = actions.find(({ commitInfo }) => commitInfo)?.commitInfo ?? {};
    // A request that was repeated after its answer was lost finds the commit that it wrote itself.
    if (winner.txnId === info.txnId) return { version, lost };
    const race = { version, winner };
    if (!commit.isBlindAppend) throw conflict(race, 'and this commit depends on the version before it');
    if (actions.some(({ protocol, metaData }) => protocol || metaData)) {
      throw conflict(race, 'which changed the schema or the protocol of the table');
    }
    lost.push(race);
    if (lost.length >= MOST_RACES) throw conflict(race, `the last of ${lost.length} faster commits`);
  }
}

async function readCommit({ store }: Place, path: string, options: CallOptions): Promise<DeltaAction[]> {
  const { body } = await store.get(path, options);
  return commitActions(await body.text());
}
