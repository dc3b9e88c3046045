import type { TimeWindow } from '@planscope/plan';
import type { FileEvent } from './log-record.ts';

/** All reads, or all writes, of one file by one query. */
export interface FileActivity {
  readonly path: string;
  readonly operation: 'read' | 'write';
  readonly requests: number;
  readonly bytes: bigint;
  /** First to last event. */
  readonly window: TimeWindow;
}

interface Tally {
  requests: number;
  bytes: bigint;
  first: bigint;
  last: bigint;
}

/** Adds up the reads and writes of a query, file by file. */
export class FileActivityTally {
  /** Not private: two copies of this package in one process share a log, and add up each other's. */
  readonly tallies: Readonly<Record<FileEvent['operation'], Map<string, Tally>>> = {
    read: new Map(),
    write: new Map(),
  };

  add({ operation, path, bytes, time }: FileEvent): void {
    this.#add(operation, path, { requests: 1, bytes, first: time, last: time });
  }

  /** Adds the totals of another tally. */
  merge(other: FileActivityTally): void {
    for (const operation of ['read', 'write'] as const) {
      for (const [path, tally] of other.tallies[operation]) this.#add(operation, path, tally);
    }
  }

  #add(operation: FileEvent['operation'], path: string, { requests, bytes, first, last }: Tally): void {
    const known = this.tallies[operation].get(path);
    if (known === undefined) {
      this.tallies[operation].set(path, { requests, bytes, first, last });
      return;
    }
    known.requests += requests;
    known.bytes += bytes;
    if (first < known.first) known.first = first;
    if (last > known.last) known.last = last;
  }

  get isEmpty(): boolean {
    return this.tallies.read.size === 0 && this.tallies.write.size === 0;
  }

  /** When the first event was; undefined where there was none. */
  get first(): bigint | undefined {
    let first: bigint | undefined;
    for (const tallies of Object.values(this.tallies)) {
      for (const tally of tallies.values()) if (first === undefined || tally.first < first) first = tally.first;
    }
    return first;
  }

  /** In the order of their first events. */
  list(): FileActivity[] {
    const entries = (['read', 'write'] as const).flatMap((operation) =>
      [...this.tallies[operation]].map(([path, tally]) => ({ path, operation, ...tally })),
    );
    return entries
      .sort((left, right) => Number(left.first - right.first))
      .map(({ path, operation, requests, bytes, first, last }) => {
        return { path, operation, requests, bytes, window: { start: first.toString(), end: last.toString() } };
      });
  }
}
