import type { ColumnDescription } from './column-type.ts';
import type { Coordinator, CoordinatorResponse } from './coordinator.ts';
import { parsePage } from './row-values.ts';
import { refuseSessionChange } from './session-headers.ts';
import { TrinoClientError } from './trino-client-error.ts';
import { type TrinoFailure, TrinoQueryError } from './trino-query-error.ts';

/** How a query ended, as the client saw it. */
export interface QueryEnd {
  readonly status: 'ok' | 'error' | 'cancelled';
  readonly error?: unknown;
  /** Whether the server did not answer any more. */
  readonly isGone?: boolean;
}

/** Numbers of a query that come with each page. */
export interface PageStats {
  readonly state?: string;
  /** From 0 to 100, while the query runs. */
  readonly progressPercentage?: number;
  readonly processedRows?: number;
  readonly processedBytes?: number;
  readonly cpuTimeMillis?: number;
  /** Time on threads. */
  readonly wallTimeMillis?: number;
  readonly physicalInputBytes?: number;
  readonly physicalWrittenBytes?: number;
  readonly internalNetworkInputBytes?: number;
  readonly peakMemoryBytes?: number;
  readonly spilledBytes?: number;
}

/** Follows a query; no method may throw. */
export interface QueryObserver {
  /** The server has the statement. */
  accepted(queryId: string): void;
  /** A page has arrived, with numbers of the query so far. */
  seen(stats: PageStats | undefined): void;
  /** Rows have arrived. */
  received(rows: number): void;
  /** The first call counts. */
  ended(end: QueryEnd): void;
}

/** One answer of the protocol. */
interface Page {
  readonly id: string;
  readonly nextUri?: string;
  readonly columns?: readonly ColumnDescription[];
  readonly data?: readonly (readonly unknown[])[];
  readonly error?: TrinoFailure;
  readonly stats?: PageStats;
  readonly updateType?: string;
  readonly updateCount?: number | string;
}

interface StartedQuery {
  readonly coordinator: Coordinator;
  readonly signal?: AbortSignal | undefined;
  readonly observer?: QueryObserver | undefined;
}

/** Longest time that the end of a query waits for its cancellation, in milliseconds. */
const CANCEL_LIMIT = 3_000;

/** A query in the cluster, page by page. */
export class RunningQuery {
  readonly queryId: string;
  columns: readonly ColumnDescription[] = [];
  updateType: string | undefined;
  updateCount: number | undefined;
  readonly #started: StartedQuery;
  readonly #stop = new AbortController();
  readonly #onAbort = (): void => this.#abort(this.#started.signal?.reason);
  #first: Page['data'];
  #nextUri: string | undefined;
  #isAsking = false;
  #hasEnded = false;
  #isConsumed = false;

  private constructor(started: StartedQuery, page: Page) {
    this.#started = started;
    started.signal?.addEventListener('abort', this.#onAbort);
    if (started.signal?.aborted === true) this.#onAbort();
    this.queryId = page.id;
    started.observer?.accepted(page.id);
  }

  /** Follows a statement that the server has accepted until its columns are known. */
  static async start(started: StartedQuery, response: CoordinatorResponse): Promise<RunningQuery> {
    const page = read(response);
    const query = new RunningQuery(started, page);
    await query.#guarded(async () => {
      query.#first = query.#take(page, response);
      while (query.columns.length === 0 && query.#nextUri !== undefined) query.#first = await query.#next();
    });
    if (query.#nextUri === undefined && query.#first === undefined) query.#end({ status: 'ok' });
    return query;
  }

  async *pages(): AsyncGenerator<NonNullable<Page['data']>, void, undefined> {
    if (this.#isConsumed) {
      throw new TrinoClientError('result-consumed', `the rows of query ${this.queryId} were read before; run it again`);
    }
    this.#isConsumed = true;
    try {
      for (let rows = this.#first; ; rows = await this.#guarded(() => this.#next())) {
        this.#first = undefined;
        this.#stop.signal.throwIfAborted();
        if (rows !== undefined && rows.length > 0) {
          this.#started.observer?.received(rows.length);
          yield rows;
          this.#stop.signal.throwIfAborted();
        }
        if (this.#nextUri === undefined) break;
      }
      this.#end({ status: 'ok' });
    } finally {
      // The consumer left before the last page.
      await this.cancel();
    }
  }

  async cancel(): Promise<void> {
    if (this.#hasEnded) return;
    this.#isConsumed = true;
    const uri = this.#nextUri;
    this.#end({ status: uri === undefined ? 'ok' : 'cancelled' });
    this.#stop.abort(new TrinoClientError('cancelled', `query ${this.queryId} was cancelled`));
    await this.#cancelAt(uri);
  }

  /** A request that is under way ends by itself; a query whose rows are not being read has to be ended here. */
  #abort(reason: unknown): void {
    this.#stop.abort(reason);
    if (this.#hasEnded || this.#isAsking) return;
    const uri = this.#nextUri;
    this.#end({ status: 'cancelled', error: reason });
    void this.#cancelAt(uri);
  }

  async #next(): Promise<Page['data']> {
    const { coordinator } = this.#started;
    const response = await coordinator.send(this.#nextUri ?? '', { method: 'GET', signal: this.#stop.signal });
    return this.#take(read(response), response);
  }

  #take(page: Page, { headers }: CoordinatorResponse): Page['data'] {
    const { error, columns, nextUri, updateType, updateCount, data, stats } = page;
    this.#nextUri = nextUri;
    this.#started.observer?.seen(stats);
    if (columns !== undefined) this.columns = columns;
    if (updateType !== undefined) this.updateType = updateType;
    if (updateCount !== undefined) this.updateCount = Number(updateCount);
    if (error !== undefined) throw new TrinoQueryError(this.queryId, error);
    refuseSessionChange(headers);
    return data;
  }

  async #guarded<T>(call: () => Promise<T>): Promise<T> {
    const { signal } = this.#started;
    this.#isAsking = true;
    try {
      return await call();
    } catch (error) {
      const isCancelled = signal?.aborted === true || isCancellation(error);
      const uri = this.#nextUri;
      this.#end({ status: isCancelled ? 'cancelled' : 'error', error, isGone: isUnreachable(error) });
      if (!hasEndedThere(error)) await this.#cancelAt(uri);
      throw error;
    } finally {
      this.#isAsking = false;
    }
  }

  #end(end: QueryEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#nextUri = undefined;
    this.#started.signal?.removeEventListener('abort', this.#onAbort);
    this.#started.observer?.ended(end);
  }

  async #cancelAt(uri: string | undefined): Promise<void> {
    if (uri === undefined) return;
    const signal = AbortSignal.timeout(CANCEL_LIMIT);
    await this.#started.coordinator.send(uri, { method: 'DELETE', signal, retryFor: CANCEL_LIMIT }).catch(() => {});
  }
}

/** Whether there is nothing to cancel. A server that is gone ends a query itself when its rows are not read. */
function hasEndedThere(error: unknown): boolean {
  return TrinoQueryError.isInstance(error) || isUnreachable(error);
}

function isUnreachable(error: unknown): boolean {
  return TrinoClientError.isInstance(error) && error.code === 'unreachable';
}

/** Whether a query was cancelled by someone, or because its rows were not read. */
function isCancellation(error: unknown): boolean {
  return TrinoQueryError.isInstance(error) && ['USER_CANCELED', 'ABANDONED_QUERY'].includes(error.errorName);
}

function read({ text }: CoordinatorResponse): Page {
  try {
    return parsePage(text) as Page;
  } catch (cause) {
    throw new TrinoClientError('unexpected-response', 'the server answers with a text that is not JSON', { cause });
  }
}
