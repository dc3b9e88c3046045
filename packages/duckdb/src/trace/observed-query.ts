import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import type { Attributes, Context } from '@opentelemetry/api';
import type { RunningEntry } from '@planscope/internal/running-list';
import type { ExecutionStatus, WarningSink } from '@planscope/plan';
import { describeError } from '@planscope/redaction';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import { isInterrupt } from '../measure/interrupts.ts';
import { isBrokenOff, lostStream } from '../measure/lost-stream.ts';
import { progressOf } from '../measure/query-progress.ts';
import { type DuckDBQueryMessage, type QueryCall, queryChannel, queryMessage } from './query-channel.ts';
import type { QueryMetrics } from './query-metrics.ts';
import { runningInDuckDB } from './running-queries.ts';
import { isClosed } from './shared-connections.ts';
import { recordingFailed } from './trace-warnings.ts';

/** What the wrapped driver calls report about one query. */
export interface QueryWatcher {
  /** There is a result. */
  answered(result: Pick<DuckDBResult, 'returnType'>): void;
  /** The result is complete; it has no row count if the program asked for a stream and DuckDB materialized it. */
  materialized(result: { readonly rowCount?: number }): void;
  /** The driver threw an error. */
  failed(error: unknown): void;
  /** DuckDB waits for the program to fetch rows or to run a task. */
  idle(): void;
  /** The query runs again. */
  resume(): void;
  fetched(rows: number): void;
  /** The stream has no more chunks. */
  drained(result: DuckDBResult): void;
  /** The remaining rows will not be fetched. */
  abandoned(): void;
}

/** How a query ended. */
export interface ObservedEnd {
  readonly status: ExecutionStatus;
  readonly error?: unknown;
  /** Undefined if they are not counted. */
  readonly rows: number | undefined;
}

type Progress = ReturnType<typeof progressOf>;

/** Where a query is observed. */
export interface Observers {
  readonly metrics: QueryMetrics | undefined;
  readonly describe: RunningEntry['describe'];
  readonly labels: Attributes;
  readonly labelLimit: number;
  readonly context: Context;
  readonly warn: WarningSink;
}

/**
 * Publishes a query on the tracing channel, measures its duration and lists it while it runs, whether it has a span or
 * not.
 */
export class ObservedQuery implements QueryWatcher {
  readonly #observers: Observers;
  readonly #message: DuckDBQueryMessage | undefined;
  readonly #connection: DuckDBConnection;
  #start = 0;
  #stopRunning = (): void => {};
  #rows = 0;
  #isOver = false;

  constructor(call: QueryCall, observers: Observers) {
    this.#observers = observers;
    this.#connection = call.connection;
    this.#message = queryChannel.hasSubscribers ? queryMessage(call) : undefined;
  }

  /** Whether anything but the list of running queries observes it. */
  get isObserved(): boolean {
    return this.#message !== undefined || this.#observers.metrics !== undefined;
  }

  /** Sends the query. Stores that subscribers have bound to the channel are active meanwhile. */
  send<T>(call: () => T): T {
    this.#start = performance.now();
    const { describe } = this.#observers;
    const progress = (): Progress => (isClosed(this.#connection) ? {} : progressOf(this.#connection));
    this.#stopRunning = runningInDuckDB.add({ start: this.#start, describe, progress });
    const message = this.#message;
    if (message === undefined) return call();
    try {
      return queryChannel.start.runStores(message, call);
    } catch (error) {
      this.failed(error);
      throw error;
    } finally {
      queryChannel.end.publish(message);
    }
  }

  answered(): void {}

  materialized({ rowCount }: { readonly rowCount?: number }): void {
    this.finished({ status: 'ok', rows: rowCount });
  }

  failed(error: unknown): void {
    this.finished({ status: isInterrupt(error) ? 'cancelled' : 'error', error, rows: this.#rows });
  }

  idle(): void {}

  resume(): void {}

  fetched(rows: number): void {
    this.#rows += rows;
  }

  drained(result: DuckDBResult): void {
    if (isBrokenOff(result)) this.finished({ status: 'error', error: lostStream(this.#rows), rows: this.#rows });
    else this.finished({ status: 'ok', rows: this.#rows });
  }

  abandoned(): void {
    this.finished({ status: 'cancelled', rows: this.#rows });
  }

  /** Nothing will tell the end of the query. */
  drop(): void {
    this.#isOver = true;
    this.#stopRunning();
  }

  /** The query is over. Only the first call has an effect. */
  finished({ status, error, rows }: ObservedEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopRunning();
    const seconds = (performance.now() - this.#start) / 1000;
    try {
      this.#measure(seconds, status, error);
    } catch (failure) {
      this.#observers.warn(recordingFailed(failure));
    }
    const message = this.#message;
    if (message === undefined) return;
    message.status = status;
    message.rows = rows;
    if (error !== undefined) {
      message.error = error;
      queryChannel.error.publish(message);
    }
    queryChannel.asyncStart.publish(message);
    queryChannel.asyncEnd.publish(message);
  }

  #measure(seconds: number, status: ExecutionStatus, error: unknown): void {
    const { metrics, describe, labels, labelLimit, context } = this.#observers;
    if (metrics === undefined) return;
    const errorType = status === 'error' ? describeError(error, { dialect: duckdbDialect }).type : undefined;
    const { operation } = describe();
    metrics.query({ operation, status, errorType, seconds, labels, labelLimit }, context);
  }
}
