import type { Context } from '@opentelemetry/api';
import { present } from '@planscope/internal/present';
import type { RunningEntry } from '@planscope/internal/running-list';
import type { WarningSink } from '@planscope/plan/report';
import { describeError, summarizeSql } from '@planscope/redaction';
import type { PageStats, QueryEnd, QueryObserver } from '../client/running-query.ts';
import { TrinoQueryError } from '../client/trino-query-error.ts';
import { trinoDialect } from '../dialect/trino-dialect.ts';
import type { QueryMetrics } from './query-metrics.ts';
import { runningOnClusters } from './running-queries.ts';
import { recordingFailed } from './trace-warnings.ts';

/** A query that is about to be sent, and where it is observed. */
export interface ObservedQueryOptions {
  readonly sql: string;
  readonly server: URL;
  /** The context of the query, for exemplars. */
  readonly context: Context;
  /** Default: the query is only listed. */
  readonly metrics?: QueryMetrics | undefined;
  /** What records the query in its span. */
  readonly recorder?: QueryObserver | undefined;
  readonly warn?: WarningSink;
}

/** Measures the duration of a query and lists it while it runs, whether it has a span or not. */
export class ObservedQuery implements QueryObserver {
  readonly #options: ObservedQueryOptions;
  readonly #start = performance.now();
  readonly #stopRunning: () => void;
  #named: ReturnType<RunningEntry['describe']> | undefined;
  #queryId: string | undefined;
  #stats: PageStats = {};
  #isOver = false;

  constructor(options: ObservedQueryOptions) {
    this.#options = options;
    const [describe, progress] = [() => this.#describe(), () => this.#progress()];
    this.#stopRunning = runningOnClusters.add({ start: this.#start, describe, progress });
  }

  accepted(queryId: string): void {
    this.#queryId = queryId;
    this.#options.recorder?.accepted(queryId);
  }

  seen(stats: PageStats | undefined): void {
    this.#stats = stats ?? this.#stats;
    this.#options.recorder?.seen(stats);
  }

  received(rows: number): void {
    this.#options.recorder?.received(rows);
  }

  ended(end: QueryEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopRunning();
    const seconds = (performance.now() - this.#start) / 1000;
    try {
      this.#measure(seconds, end);
    } catch (failure) {
      this.#options.warn?.(recordingFailed(failure));
    }
    this.#options.recorder?.ended(end);
  }

  #measure(seconds: number, { status, error }: QueryEnd): void {
    const { metrics, server, context } = this.#options;
    if (metrics === undefined) return;
    const errorType = status === 'error' ? errorTypeOf(error) : undefined;
    metrics.query({ operation: this.#describe().operation, status, errorType, seconds, server }, context);
  }

  #describe(): ReturnType<RunningEntry['describe']> {
    this.#named ??= summarizeSql(this.#options.sql, trinoDialect);
    return this.#named;
  }

  /** What the last page of the query said. */
  #progress(): ReturnType<RunningEntry['progress']> {
    const { state, progressPercentage, processedRows, processedBytes } = this.#stats;
    return present({
      queryId: this.#queryId,
      state,
      percent: progressPercentage,
      rows: processedRows,
      bytes: processedBytes,
    });
  }
}

/** The class of an error, as on the span of the query. */
function errorTypeOf(error: unknown): string {
  return TrinoQueryError.isInstance(error) ? error.errorName : describeError(error, { dialect: trinoDialect }).type;
}
