import type { TimeWindow } from '@planscope/plan';
import type { MemoryLimits } from '../measure/memory-limits.ts';
import type { CatalogueEvent, EngineEvent, FileEvent, RequestEvent, RowGroupEvent } from './engine-event.ts';

/** All reads, or all writes, of one file by one query. */
export interface FileActivity {
  readonly path: string;
  readonly operation: 'read' | 'write';
  readonly requests: number;
  readonly bytes: bigint;
  /** First to last event. */
  readonly window: TimeWindow;
}

/** One HTTP request, or several of one kind beyond the first {@link MOST_REQUESTS} of a query. */
export interface RequestActivity extends Omit<RequestEvent, 'kind'> {
  readonly requests: number;
  /** How often the same was asked before in this query and failed; 0 where several are added up. */
  readonly resends: number;
  /** How many of them repeat one that failed. */
  readonly retries: number;
}

/** The row groups of one file that the scans of a query came to. */
export interface RowGroupActivity {
  readonly path: string;
  readonly read: number;
  /** Left out by their statistics. */
  readonly skipped: number;
  /** First to last row group. */
  readonly window: TimeWindow;
}

/** What DuckDB logged of a query. */
export interface LoggedActivity {
  readonly files: readonly FileActivity[];
  readonly requests: readonly RequestActivity[];
  readonly rowGroups: readonly RowGroupActivity[];
  readonly catalogue: readonly CatalogueEvent[];
  /** Of the instance while the query ran. */
  readonly limits?: MemoryLimits;
}

/** Requests of one query that are kept apart; further ones are added up by method, URL, state, and how they ended. */
const MOST_REQUESTS = 1000;

interface Tally {
  requests: number;
  bytes: bigint;
  first: bigint;
  last: bigint;
}

interface RowGroupTally {
  read: number;
  skipped: number;
  first: bigint;
  last: bigint;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Adds up the events of a query: reads and writes file by file, row groups file by file, requests one by one up to a limit. */
export class ActivityTally {
  // Not private: two copies of this package in one process share a log, and add up each other's.
  readonly files: Readonly<Record<FileEvent['operation'], Map<string, Tally>>> = { read: new Map(), write: new Map() };
  readonly rowGroupsOf: Map<string, RowGroupTally> = new Map();
  readonly single: RequestActivity[] = [];
  readonly further: Map<string, Mutable<RequestActivity>> = new Map();
  catalogue: CatalogueEvent[] = [];
  /** Of the instance while the query ran. */
  limits: MemoryLimits | undefined;
  /** Failed tries by what they asked for, until one succeeds. */
  readonly failed: Map<string, number> = new Map();

  add(event: EngineEvent): void {
    if (event.kind === 'reads') this.#addFile(event);
    else if (event.kind === 'requests') this.#addRequest(event);
    else if (event.kind === 'row-groups') this.#addRowGroup(event);
    else this.catalogue.push(event);
  }

  /** Adds the totals of another tally, whose events came before those that are added from now on. */
  merge(other: ActivityTally): void {
    for (const operation of ['read', 'write'] as const) {
      for (const [path, tally] of other.files[operation]) this.#addTotals(operation, path, tally);
    }
    for (const [path, { read, skipped, first, last }] of other.rowGroupsOf) {
      this.#addRowGroups(path, { read, skipped, first, last });
    }
    for (const request of [...other.single, ...other.further.values()]) this.#keep(request);
    this.catalogue.push(...other.catalogue);
    for (const [key, tries] of other.failed) this.failed.set(key, (this.failed.get(key) ?? 0) + tries);
  }

  get isEmpty(): boolean {
    return this.first === undefined;
  }

  /** When the first event was; undefined where there was none. */
  get first(): bigint | undefined {
    const times = [
      ...Object.values(this.files).flatMap((tallies) => [...tallies.values()].map(({ first }) => first)),
      ...[...this.rowGroupsOf.values()].map(({ first }) => first),
      ...this.single.map(({ start }) => start),
    ];
    return times.toSorted((left, right) => Number(left - right))[0];
  }

  /** Files in the order of their first events; requests as they ended, those that were added up last. */
  logged(): LoggedActivity {
    const rowGroups = [...this.rowGroupsOf].map(([path, { read, skipped, first, last }]) => {
      return { path, read, skipped, window: windowOf(first, last) };
    });
    return {
      files: this.list(),
      requests: [...this.single, ...this.further.values()],
      rowGroups,
      catalogue: this.catalogue,
      ...(this.limits === undefined ? {} : { limits: this.limits }),
    };
  }

  /** In the order of their first events. */
  list(): FileActivity[] {
    const entries = (['read', 'write'] as const).flatMap((operation) =>
      [...this.files[operation]].map(([path, tally]) => ({ path, operation, ...tally })),
    );
    return entries
      .sort((left, right) => Number(left.first - right.first))
      .map(({ path, operation, requests, bytes, first, last }) => {
        return { path, operation, requests, bytes, window: windowOf(first, last) };
      });
  }

  #addFile({ operation, path, bytes, time }: FileEvent): void {
    this.#addTotals(operation, path, { requests: 1, bytes, first: time, last: time });
  }

  #addTotals(operation: FileEvent['operation'], path: string, { requests, bytes, first, last }: Tally): void {
    const known = this.files[operation].get(path);
    if (known === undefined) {
      this.files[operation].set(path, { requests, bytes, first, last });
      return;
    }
    known.requests += requests;
    known.bytes += bytes;
    if (first < known.first) known.first = first;
    if (last > known.last) known.last = last;
  }

  #addRowGroup({ path, isRead, time }: RowGroupEvent): void {
    this.#addRowGroups(path, { read: isRead ? 1 : 0, skipped: isRead ? 0 : 1, first: time, last: time });
  }

  #addRowGroups(path: string, { read, skipped, first, last }: RowGroupTally): void {
    const known = this.rowGroupsOf.get(path);
    if (known === undefined) {
      this.rowGroupsOf.set(path, { read, skipped, first, last });
      return;
    }
    known.read += read;
    known.skipped += skipped;
    if (first < known.first) known.first = first;
    if (last > known.last) known.last = last;
  }

  #addRequest({ kind: _, ...request }: RequestEvent): void {
    const resends = this.#resendsOf(request);
    this.#keep(Object.assign(request, { requests: 1, resends, retries: resends > 0 ? 1 : 0 }));
  }

  #resendsOf(request: Omit<RequestEvent, 'kind'>): number {
    const hasFailed = isFailed(request);
    if (!hasFailed && this.failed.size === 0) return 0;
    const key = JSON.stringify([request.method, request.url, request.range?.map(String)]);
    const resends = this.failed.get(key) ?? 0;
    if (hasFailed) this.failed.set(key, resends + 1);
    else if (resends > 0) this.failed.delete(key);
    return resends;
  }

  #keep(request: RequestActivity): void {
    if (request.requests === 1 && this.single.length < MOST_REQUESTS) {
      this.single.push(request);
      return;
    }
    const { method, url, status, isCut, state } = request;
    const key = JSON.stringify([method, url, status, isCut, state?.etag, state?.generation, state?.modified]);
    const known = this.further.get(key);
    if (known === undefined) {
      const { range: _, ...totals } = request;
      this.further.set(key, { ...totals, resends: 0 });
      return;
    }
    known.requests += request.requests;
    known.retries += request.retries;
    known.received += request.received;
    known.sent += request.sent;
    if (request.start < known.start) known.start = request.start;
    if (request.time > known.time) known.time = request.time;
  }
}

/** No response, one that was cut short, or one that asks for another try. Other errors are answers. */
export function isFailed({ status, isCut }: Pick<RequestEvent, 'status' | 'isCut'>): boolean {
  return status === undefined || isCut || status === 408 || status === 429 || status >= 500;
}

function windowOf(first: bigint, last: bigint): TimeWindow {
  return { start: first.toString(), end: last.toString() };
}
