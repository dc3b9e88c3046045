import { type DuckDBConnection, version } from '@duckdb/node-api';
import { context } from '@opentelemetry/api';
import type { RunWarning } from '@planscope/plan';
import { parseProfile } from '../profile/parse-profile.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import { duckdbReportRecorders } from '../report/duckdb-report-recorders.ts';
import { summarizeSql } from '../sql/summarize-sql.ts';
import { packageTracer } from '../tracer.ts';
import { DEFAULT_THRESHOLDS } from '../warnings/warning-thresholds.ts';
import { BorrowedProfiler } from './borrowed-profiler.ts';
import { queryAttributes } from './query-attributes.ts';
import { QueryInFlight } from './query-in-flight.ts';
import { currentQueryOptions } from './query-options.ts';
import { QuerySpan, type QueryTracing } from './query-span.ts';
import type { TraceConnectionOptions } from './trace-options.ts';
import { ambiguousProfile, largeResultWarning, recordingFailed, warnOf } from './trace-warnings.ts';

/** How the result of a call goes on being watched. */
type Watch<T> = (result: T, query: QueryInFlight) => T;

/** Starts and ends the spans of the queries on one connection. Nothing that goes wrong here reaches a query. */
export class ConnectionTracing {
  readonly #options: TraceConnectionOptions;
  readonly #profiler: BorrowedProfiler | undefined;
  readonly #tracing: QueryTracing;
  readonly #running = new Set<{ isAlone: boolean }>();
  readonly #open = new Set<QueryInFlight>();
  #interrupts = 0;

  constructor(connection: DuckDBConnection, options: TraceConnectionOptions) {
    const { tracerProvider, planning, operators } = options;
    const provided = tracerProvider === undefined ? {} : { tracerProvider };
    this.#options = options;
    this.#profiler = options.profile === false ? undefined : new BorrowedProfiler(connection, options.temporaryFolder);
    this.#tracing = {
      tracer: packageTracer(tracerProvider),
      recorders: duckdbReportRecorders({
        planning: { ...provided, ...planning },
        operators: { ...provided, ...operators },
      }),
      options,
      version: version(),
    };
  }

  /** Runs a call of the driver that executes a statement; its result and its errors are the caller's. */
  async query<T>(sql: string, call: () => Promise<T>, watch: Watch<T>): Promise<T> {
    const query = this.begin(sql);
    if (query === undefined) return call();
    let result: T;
    try {
      const ready = this.#profiler?.before(sql);
      if (ready !== undefined) await ready;
      this.#profiler?.discard();
      result = await call();
    } catch (error) {
      query.failed(error);
      throw error;
    }
    return this.#watched(result, query, watch);
  }

  /** Makes a call of the driver that only later executes a statement. */
  pending<T>(sql: string, call: () => T, watch: Watch<T>): T {
    const result = call();
    const query = this.begin(sql);
    return query === undefined ? result : this.#watched(result, query, watch);
  }

  /** Starts the span of a query under the caller's active one; undefined where it is not to be traced, or cannot be. */
  begin(sql: string): QueryInFlight | undefined {
    const { skip, profile, customFields } = currentQueryOptions();
    if (skip === true) return undefined;
    try {
      const source = { text: sql, ...summarizeSql(sql), files: { inputs: [] } };
      const fields = { ...this.#options.customFields, ...customFields };
      const attributes = queryAttributes(source, this.#options, fields);
      const span = new QuerySpan(this.#tracing, source, context.active(), attributes);
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
  }

  #watched<T>(result: T, query: QueryInFlight, watch: Watch<T>): T {
    try {
      return watch(result, query);
    } catch (error) {
      warnOf(this.#options)(recordingFailed(error));
      query.abandoned();
      return result;
    }
  }

  #inFlight(span: QuerySpan, sql: string, operation: string, isProfiled: boolean): QueryInFlight {
    const turn = { isAlone: this.#running.size === 0 };
    for (const other of this.#running) other.isAlone = false;
    this.#running.add(turn);
    const interrupts = this.#interrupts;
    const query = new QueryInFlight(span, {
      takeProfile: () => (isProfiled ? this.#takeProfile(sql, operation, turn.isAlone) : { warnings: [] }),
      materialized: (rows) => this.#materialized(rows),
      wasInterrupted: () => this.#interrupts > interrupts,
      idle: () => this.#running.delete(turn),
      over: () => {
        this.#running.delete(turn);
        this.#open.delete(query);
      },
      throwsLostErrors: this.#options.onLostError === 'throw',
    });
    this.#open.add(query);
    return query;
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
    const parsed = parseProfile(text, this.#tracing.version);
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
