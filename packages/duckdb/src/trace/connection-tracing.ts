import { type DuckDBConnection, version } from '@duckdb/node-api';
import { type Attributes, context } from '@opentelemetry/api';
import type { RunWarning } from '@planscope/plan';
import type { FileActivity } from '../log/file-activity.ts';
import { parseProfile } from '../profile/parse-profile.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import { summarizeSql } from '../sql/summarize-sql.ts';
import { DEFAULT_THRESHOLDS } from '../warnings/warning-thresholds.ts';
import { BindingWatch } from './binding-watch.ts';
import { BorrowedProfiler } from './borrowed-profiler.ts';
import { ConnectionActivity, type Prepared } from './connection-activity.ts';
import { queryAttributes } from './query-attributes.ts';
import { QueryInFlight } from './query-in-flight.ts';
import { currentQueryOptions } from './query-options.ts';
import { isSkipped, withPreset } from './query-presets.ts';
import { QuerySpan } from './query-span.ts';
import { type QueryTracing, queryTracing } from './query-tracing.ts';
import type { QueryPreset, TraceConnectionOptions } from './trace-options.ts';
import { ambiguousProfile, largeResultWarning, recordingFailed, warnOf } from './trace-warnings.ts';

/** How the result of a call goes on being watched; `R` is what the program gets. */
type Watch<T, R = T | Promise<T>> = (result: T, query: QueryInFlight) => R;

/** What a prepared statement brings to one of its executions. */
interface PreparedExecution {
  /** What preparing it has read. */
  readonly ofPreparing: readonly FileActivity[];
  /** The values bound to it, as attributes. */
  readonly parameters: Attributes;
}

/** A query's turn on the connection. */
interface Turn {
  isAlone: boolean;
}

/** Starts and ends the spans of the queries on one connection. Nothing that goes wrong here reaches a query. */
export class ConnectionTracing {
  /** There only where the program wants the values of parameters kept. */
  readonly bindings: BindingWatch | undefined;
  readonly #options: TraceConnectionOptions;
  readonly #profiler: BorrowedProfiler | undefined;
  readonly #connection: DuckDBConnection;
  readonly #activity: ConnectionActivity | undefined;
  /** By preset. */
  readonly #tracings = new Map<QueryPreset | undefined, QueryTracing>();
  readonly #running = new Set<Turn>();
  readonly #open = new Set<QueryInFlight>();
  #interrupts = 0;

  constructor(connection: DuckDBConnection, options: TraceConnectionOptions) {
    this.bindings = options.parameterValues === 'keep' ? new BindingWatch(options) : undefined;
    this.#options = options;
    this.#connection = connection;
    this.#profiler = options.profile === false ? undefined : new BorrowedProfiler(connection, options.temporaryFolder);
    this.#activity = options.traceIo === undefined ? undefined : new ConnectionActivity(connection, options.traceIo);
    // What is wrong with the options shows here, not at the first query.
    this.#tracingOf(undefined);
  }

  /**
   * Runs a call of the driver that executes a statement; its result and its errors are the caller's.
   *
   * @param call is given the connection to execute it on
   * @param execution where the statement was prepared before
   */
  async query<T>(
    sql: string,
    call: (connection: DuckDBConnection) => Promise<T>,
    watch: Watch<T>,
    execution?: PreparedExecution,
  ): Promise<T> {
    const query = this.begin(sql, execution?.parameters);
    if (query === undefined) return call(this.#connection);
    let result: T;
    try {
      const ready = this.#profiler?.before(sql);
      if (ready !== undefined) await ready;
      const { isRecorded } = query;
      const activity = isRecorded
        ? await this.#activity?.begin(this.#profiler?.path, execution?.ofPreparing)
        : undefined;
      if (activity !== undefined) query.counts(activity);
      this.#profiler?.discard();
      const connection = activity?.watched(this.#connection) ?? this.#connection;
      const bindings = isRecorded ? this.bindings : undefined;
      result = await call(bindings?.connection(connection, (key, text) => query.bound(key, text)) ?? connection);
    } catch (error) {
      await query.failed(error);
      throw error;
    }
    return this.#watched(result, query, watch);
  }

  /** Prepares a statement, and finds out what that reads. */
  async preparing<T>(sql: string, prepare: () => Promise<T>): Promise<Prepared<T>> {
    try {
      if (this.#activity === undefined) return { value: await prepare(), activity: [] };
      return await this.#activity.preparing(prepare);
    } catch (error) {
      // Preparing has a span only where it fails: what is prepared is seen when it is run.
      this.begin(sql)?.failed(error);
      throw error;
    }
  }

  /** Makes a call of the driver that only later executes a statement. */
  pending<T>(sql: string, call: () => T, watch: Watch<T, T>, parameters: Attributes): T {
    const result = call();
    const query = this.begin(sql, parameters);
    return query === undefined ? result : this.#watched(result, query, watch);
  }

  /** Starts the span of a query under the caller's active one; undefined where it is not to be traced, or cannot be. */
  begin(sql: string, parameters: Attributes = {}): QueryInFlight | undefined {
    const queryOptions = currentQueryOptions();
    if (isSkipped(queryOptions)) return undefined;
    const { preset, profile, customFields } = queryOptions;
    try {
      const tracing = this.#tracingOf(preset);
      const source = { text: sql, ...summarizeSql(sql), files: { inputs: [] } };
      const fields = { ...this.#options.customFields, ...customFields };
      const attributes = { ...queryAttributes(source, this.#options, fields), ...parameters };
      const span = new QuerySpan(tracing, source, context.active(), attributes);
      return this.#inFlight(span, sql, source.operation, profile !== false);
    } catch (error) {
      warnOf(this.#options)(recordingFailed(error));
      return undefined;
    }
  }

  /** Notes that the program interrupts what runs, so that a stream's end is no surprise. */
  interrupted(): void {
    this.#interrupts += 1;
  }

  /** Ends what is still open; the connection is closed. */
  close(): void {
    for (const query of [...this.#open]) query.abandoned();
    this.#profiler?.close();
    this.forgotten();
  }

  /** Gives back what is held for the connection, though nobody closed it. */
  forgotten(): void {
    this.#activity?.close();
  }

  #watched<T, R>(result: T, query: QueryInFlight, watch: Watch<T, R>): R | T {
    try {
      return watch(result, query);
    } catch (error) {
      warnOf(this.#options)(recordingFailed(error));
      query.abandoned();
      return result;
    }
  }

  #inFlight(span: QuerySpan, sql: string, operation: string, isProfiled: boolean): QueryInFlight {
    const turn: Turn = { isAlone: this.#running.size === 0 };
    for (const other of this.#running) other.isAlone = false;
    this.#running.add(turn);
    const interrupts = this.#interrupts;
    const query = new QueryInFlight(span, {
      takeProfile: () => (isProfiled ? this.#takeProfile(sql, operation, turn.isAlone) : { warnings: [] }),
      materialized: (rows) => this.#materialized(rows),
      wasInterrupted: () => this.#interrupts > interrupts,
      idle: () => this.#running.delete(turn),
      over: (activity) => {
        if (activity !== undefined) this.#activity?.ended(activity);
        this.#running.delete(turn);
        this.#open.delete(query);
      },
      throwsLostErrors: this.#options.onLostError === 'throw',
    });
    this.#open.add(query);
    return query;
  }

  #tracingOf(preset: QueryPreset | undefined): QueryTracing {
    let tracing = this.#tracings.get(preset);
    if (tracing === undefined) {
      const options = preset === undefined ? this.#options : withPreset(this.#options, preset);
      tracing = queryTracing(options);
      this.#tracings.set(preset, tracing);
    }
    return tracing;
  }

  #takeProfile(
    sql: string,
    operation: string,
    isAlone: boolean,
  ): { readonly profile?: QueryProfile; readonly warnings: readonly RunWarning[] } {
    if (this.#profiler?.isOn !== true) return { warnings: [] };
    if (!isAlone) return { warnings: [ambiguousProfile] };
    const text = this.#profiler.profile();
    // EXPLAIN, SET, transactions and the like leave none.
    if (text === undefined && operation !== 'SELECT') return { warnings: [] };
    const parsed = parseProfile(text, version());
    if ('fault' in parsed) return { warnings: [{ code: parsed.fault, message: parsed.reason }] };
    const { profile } = parsed;
    const isOfThis = profile.query === undefined || sql.includes(profile.query.trim());
    return isOfThis ? { profile, warnings: [] } : { warnings: [] };
  }

  #materialized(rows: number): RunWarning[] {
    const { warnings } = this.#options;
    if (warnings === false || rows < (warnings?.materializedRows ?? DEFAULT_THRESHOLDS.materializedRows)) return [];
    return [largeResultWarning(rows)];
  }
}
