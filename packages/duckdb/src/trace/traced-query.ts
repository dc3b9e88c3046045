import type { DuckDBResult, ResultReturnType } from '@duckdb/node-api';
import { type Attributes, type Context, type Span, trace } from '@opentelemetry/api';
import { sourceAttributes } from '@planscope/internal/metric-source';
import { recordFailure } from '@planscope/internal/record-failure';
import { createUnixClock, type ExecutionStatus, type RunWarning, SpanBudget, toHrTime } from '@planscope/plan';
import { describeError } from '@planscope/redaction';
import {
  ATTR_DB_RESPONSE_RETURNED_ROWS,
  ATTR_DETAIL,
  ATTR_RUN_STATUS,
  ATTR_SPANS_DROPPED,
  ATTR_WARNING_CODES,
  ATTR_WARNING_COUNT,
  EVENT_DB_CLIENT_OPERATION_EXCEPTION,
  operatorMetricKey,
} from '@planscope/semconv';
import { duckdbDialect } from '../dialect/duckdb-dialect.ts';
import type { Preparer } from '../events/connection-events.ts';
import { isInterrupt } from '../measure/interrupts.ts';
import { isBrokenOff, lostStream } from '../measure/lost-stream.ts';
import type { MeasuredConnection } from '../measure/measured-connection.ts';
import type { MeasuredQuery, QueryObserver, RawMeasurement } from '../measure/measured-query.ts';
import { unknownKeysWarnings } from '../measure/measurement-warnings.ts';
import { parseProfile } from '../profile/parse-profile.ts';
import { needsNoDetail, profileSummary } from '../profile/profile-summary.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import { createReport } from '../report/create-report.ts';
import { withFinalName } from '../report/io-reports.ts';
import { DEFAULT_THRESHOLDS } from '../warnings/warning-thresholds.ts';
import { type Drawing, drawingBacklog } from './drawing-backlog.ts';
import type { ObservedQuery, QueryWatcher } from './observed-query.ts';
import type { QueryHooks } from './query-hooks.ts';
import { QueryLoad } from './query-load.ts';
import { DEFAULT_MAX_TEXT_BYTES } from './query-text.ts';
import type { QueryPlace, QuerySpan, QueryTracing } from './query-tracing.ts';
import {
  ambiguousProfile,
  backlogFull,
  hookFailed,
  largeResultWarning,
  lostStreamWarning,
  recordingFailed,
  severalStatements,
} from './trace-warnings.ts';

const DEFAULT_MAX_SPANS = 1000;
/** Not imported as a value: traced connections work with any copy of the driver and load none themselves. */
const QUERY_RESULT = 3 as ResultReturnType;
/** In a profile, the key of an operator that reads files. */
const READS_FILES = '"Filename(s)"';

/** What is known about a query before it is sent. */
export interface TracedQueryOptions {
  readonly profile: boolean;
  /** The reads that happened while its statement was prepared. */
  readonly prepared?: Preparer | undefined;
  /** Its span, if it had to be started before. */
  readonly opened?: QuerySpan | undefined;
  /** Called when the query ends. */
  readonly observed?: ObservedQuery | undefined;
}

/** How a query ended. */
interface QueryEnd {
  readonly status: ExecutionStatus;
  readonly at: bigint;
  readonly error?: unknown;
}

/** What a query needs from its connection. */
interface QueryConnection {
  readonly measured: MeasuredConnection;
  warn(warning: RunWarning): void;
  /** The warnings about missing parts of a measurement. */
  gapsOf(raw: RawMeasurement | undefined): Iterable<RunWarning>;
}

/** One query of a program, from its call to its span. The wrapped driver calls report its progress. */
export class TracedQuery implements QueryObserver, QueryWatcher, Drawing {
  readonly #connection: QueryConnection;
  readonly #tracing: QueryTracing;
  readonly #place: QueryPlace;
  readonly #sql: string;
  readonly #clock = createUnixClock();
  readonly #start: bigint;
  readonly #measured: MeasuredQuery;
  readonly #warnings: RunWarning[] = [];
  readonly #load = new QueryLoad();
  readonly #observed: ObservedQuery | undefined;
  /** Whether the program got all rows, so that the query of DuckDB was over when its call was. */
  #isComplete = false;
  #opened: QuerySpan | undefined;
  #rows = 0;
  #returnsRows = false;
  #isCounted = true;
  #end: QueryEnd | undefined;
  #raw: RawMeasurement | undefined;
  #eventsAre: 'being checked' | 'checked' | undefined;
  #isDrawn = false;

  /** Must be called in the turn in which the query is sent. */
  constructor(
    connection: QueryConnection,
    tracing: QueryTracing,
    sql: string,
    place: QueryPlace,
    { profile, prepared, opened, observed }: TracedQueryOptions,
  ) {
    this.#start = this.#clock();
    this.#opened = opened;
    this.#observed = observed;
    this.#connection = connection;
    this.#tracing = tracing;
    this.#sql = sql;
    this.#place = place;
    const characters = sql.length;
    this.#measured = connection.measured.begin({ characters, profile, start: this.#start, observer: this, prepared });
  }

  /**
   * Starts the span. Call it after the query was sent, so that the analysis of its text does not delay it.
   *
   * @returns whether the span is recorded
   */
  open(): boolean {
    try {
      this.#opened ??= this.#tracing.startSpan(this.#sql, this.#place, this.#start);
    } catch (error) {
      this.#connection.warn(recordingFailed(error));
    }
    if (this.#opened === undefined) {
      this.#load.end();
      this.#measured.drop();
      return false;
    }
    const { span } = this.#opened;
    const { requestHook } = this.#tracing.options;
    const request = { sql: this.#sql, connection: this.#place.connection };
    if (requestHook !== undefined) this.#runHook('requestHook', () => requestHook(span, request));
    return true;
  }

  /** Records a value that was bound to a parameter. */
  bound(key: string, text: string): void {
    this.#opened?.span.setAttribute(key, text);
  }

  /**
   * Records that there is a result. The result of a statement that changes rows has their number, and no returned rows.
   */
  answered({ returnType }: Pick<DuckDBResult, 'returnType'>): void {
    this.#returnsRows = returnType === QUERY_RESULT;
  }

  /**
   * Records that the result is complete.
   *
   * @param result without a row count if the program asked for a stream and DuckDB materialized the result
   */
  materialized({ rowCount }: { readonly rowCount?: number }): void {
    this.#isComplete = true;
    this.#rows = rowCount ?? 0;
    this.#isCounted = rowCount !== undefined;
    const { warnings } = this.#tracing.options;
    const limit = warnings === false ? undefined : (warnings?.materializedRows ?? DEFAULT_THRESHOLDS.materializedRows);
    if (limit !== undefined && this.#rows >= limit) this.#warnings.push(largeResultWarning(this.#rows));
    this.#finish({ status: 'ok', at: this.#clock() });
  }

  /** Records an error of the driver. */
  failed(error: unknown): void {
    this.#finish({ status: isInterrupt(error) ? 'cancelled' : 'error', at: this.#clock(), error });
  }

  /** Records that DuckDB waits for the program to fetch rows or to run a task. */
  idle(): void {
    this.#measured.idle();
  }

  /** Records that the query runs again. */
  resume(): void {
    this.#measured.resume();
  }

  fetched(rows: number): void {
    this.#rows += rows;
  }

  /**
   * Records that the stream has no more chunks.
   *
   * @throws DuckDBError `lost-stream` if DuckDB broke it off and the program set `onLostError: 'throw'`
   */
  drained(result: DuckDBResult): void {
    if (!isBrokenOff(result)) {
      this.#isComplete = true;
      this.#finish({ status: 'ok', at: this.#clock() });
    } else if (this.#measured.wasInterrupted) {
      this.#finish({ status: 'cancelled', at: this.#clock() });
    } else {
      const error = lostStream(this.#rows);
      // The span of a displaced query has ended already, but only now is it known that the program misses rows.
      if (this.#end === undefined) this.#warnings.push(lostStreamWarning(this.#rows));
      else this.#connection.warn(lostStreamWarning(this.#rows));
      this.#finish({ status: 'error', at: this.#clock(), error });
      if (this.#tracing.options.onLostError === 'throw') throw error;
    }
  }

  /** Records that the remaining rows will not be fetched. */
  abandoned(): void {
    this.#finish({ status: 'cancelled', at: this.#clock() }, () => this.#measured.abandon());
  }

  displaced(): void {
    this.#finish({ status: 'cancelled', at: this.#clock() });
  }

  /** The profile of the query as text. */
  get profileText(): string | undefined {
    return this.#raw?.profile;
  }

  get summary(): string {
    return this.#opened?.text.summary ?? '';
  }

  get size(): number {
    return (this.#raw?.profile?.length ?? 0) + Math.min(this.#sql.length, 1024);
  }

  ready(): boolean {
    if (this.#raw === undefined) return false;
    if (this.#eventsAre === undefined) {
      const completed = this.#completed(this.#raw);
      this.#eventsAre = completed === undefined ? 'checked' : 'being checked';
      void completed?.then((raw) => {
        this.#eventsAre = 'checked';
        this.#take(raw);
      });
    }
    return this.#eventsAre !== 'being checked';
  }

  draw(): void {
    this.#draw(this.#isFast ? 'summary' : 'full');
  }

  drawReduced(): void {
    this.#warnings.push(backlogFull);
    this.#draw('summary');
  }

  #finish(
    end: QueryEnd,
    take: () => RawMeasurement | Promise<RawMeasurement> = () => this.#measured.end(end.status),
  ): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#load.end();
    this.#tellEnd(end);
    try {
      const raw = take();
      if (this.#opened === undefined) return;
      if (raw instanceof Promise) void raw.then((last) => this.#take(last));
      else this.#raw = raw;
    } catch (error) {
      this.#connection.warn(recordingFailed(error));
      this.#raw = { isAmbiguous: false };
    }
    drawingBacklog.add(this);
  }

  #tellEnd({ status, error }: QueryEnd): void {
    const rows = this.#isCounted ? this.#rows : undefined;
    this.#observed?.finished({ status, error, rows });
    const { responseHook } = this.#tracing.options;
    if (responseHook === undefined || this.#opened === undefined) return;
    const { span } = this.#opened;
    const failure = error === undefined ? {} : { error };
    this.#runHook('responseHook', () => responseHook(span, { status, rows, ...failure }));
  }

  #runHook(name: keyof QueryHooks, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#connection.warn(hookFailed(name, error));
    }
  }

  #take(raw: RawMeasurement): void {
    this.#raw = raw;
    drawingBacklog.ready();
  }

  /** The measurement with what only another statement tells of its events; undefined if nothing is missing. */
  #completed(raw: RawMeasurement): Promise<RawMeasurement> | undefined {
    return this.#lacksEvents(raw) ? this.#checkEvents(raw) : this.#findCatalogues(raw);
  }

  /** Determines why there are no events. */
  async #checkEvents(raw: RawMeasurement): Promise<RawMeasurement> {
    const gap = await this.#connection.measured.checkEvents().catch(() => 'unreadable' as const);
    return gap === undefined ? ((await this.#findCatalogues(raw)) ?? raw) : { ...raw, activity: () => ({ gap }) };
  }

  #findCatalogues(raw: RawMeasurement): Promise<RawMeasurement> | undefined {
    return this.#connection.measured.findCatalogues(raw)?.then((activity) => ({ ...raw, activity: () => activity }));
  }

  /** Whether it read files without log entries, because of DuckDB's cache or because the program took the log over. */
  #lacksEvents({ profile, activity }: RawMeasurement): boolean {
    if (activity === undefined || profile?.includes(READS_FILES) !== true) return false;
    const found = activity();
    return !('gap' in found) && found.isEmpty;
  }

  get #isFast(): boolean {
    const { detail } = this.#tracing.options;
    if (detail === undefined || this.#end?.status !== 'ok' || this.#warnings.length > 0) return false;
    return needsNoDetail(this.#raw ?? {}, Number(this.#end.at - this.#start), detail.slowerThan);
  }

  #draw(detail: 'full' | 'summary'): void {
    const [span, end] = [this.#opened?.span, this.#end];
    if (this.#isDrawn || span === undefined || end === undefined) return;
    this.#isDrawn = true;
    const told: RunWarning[] = [];
    const warn = (warning: RunWarning): void => {
      told.push(warning);
      this.#connection.warn(warning);
    };
    try {
      for (const warning of this.#warnings) warn(warning);
      span.setAttribute(ATTR_RUN_STATUS, end.status);
      if (end.status === 'error') this.#recordFailure(span, end.error);
      this.#recordLoad(span, end);
      if (detail === 'full') this.#record(span, end, warn);
      else this.#recordSummary(span);
      if (told.length > 0) span.setAttributes(warningAttributes(told));
    } catch (error) {
      this.#connection.warn(recordingFailed(error));
    } finally {
      span.end(toHrTime(end.at));
      this.#raw = { isAmbiguous: false };
    }
  }

  #recordLoad(span: Span, { at }: QueryEnd): void {
    if (this.#tracing.options.operators?.recordMetrics === false) return;
    const duration = this.#isComplete ? Number(at - this.#start) : undefined;
    span.setAttributes(this.#load.attributes(this.#raw?.profile, duration));
  }

  #recordSummary(span: Span): void {
    span.setAttribute(ATTR_DETAIL, 'summary');
    this.#recordRows(span);
    const metrics = profileSummary(this.#raw?.profile, this.#raw?.peakOrigins);
    for (const { name, value } of metrics) span.setAttribute(operatorMetricKey(name), Number(value));
    span.setAttributes(sourceAttributes(metrics));
  }

  #recordRows(span: Span): void {
    if (this.#returnsRows && this.#isCounted) span.setAttribute(ATTR_DB_RESPONSE_RETURNED_ROWS, this.#rows);
  }

  #record(span: Span, { status, at }: QueryEnd, warn: (warning: RunWarning) => void): void {
    const { recorders, version, options } = this.#tracing;
    const { operation = '', summary = '', names = () => [] } = this.#opened?.text ?? {};
    for (const warning of this.#connection.gapsOf(this.#raw)) warn(warning);
    const window = { start: this.#start.toString(), end: at.toString() };
    const thresholds = options.warnings === false ? undefined : { ...DEFAULT_THRESHOLDS, ...options.warnings };
    const activity = this.#raw?.activity?.();
    const logged = activity === undefined || 'gap' in activity ? undefined : activity.logged();
    const written = logged === undefined ? undefined : withFinalName(logged.files, status === 'ok' ? this.#sql : '');
    const files = { inputs: [], ...(written?.output === undefined ? {} : { output: written.output }) };
    const profile = this.#profile(warn);
    const { rowsReturned = 0 } = profile ?? {};
    if (!this.#isCounted && rowsReturned > 0) {
      this.#rows = rowsReturned;
      this.#isCounted = true;
    }
    const { report, warnings } = createReport({
      version,
      query: { text: this.#sql, operation, summary, names: names(), files },
      status,
      window,
      rows: this.#rows,
      profile,
      activity: logged && { ...logged, files: written?.activity ?? [] },
      plans: undefined,
      thresholds,
    });
    warnings.forEach(warn);
    const budget = new SpanBudget(options.maxSpans ?? DEFAULT_MAX_SPANS);
    const run = {
      runId: crypto.randomUUID(),
      ...(options.customFields === undefined ? {} : { customFields: options.customFields }),
    };
    const otelContext: Context = trace.setSpan(this.#place.parent, span);
    const scope = { place: { otelContext, window }, stages: new Map(), operators: new Map(), run, budget, warn };
    for (const record of recorders) record(report, scope);
    this.#recordRows(span);
    if (budget.dropped > 0) span.setAttribute(ATTR_SPANS_DROPPED, budget.dropped);
  }

  #profile(warn: (warning: RunWarning) => void): QueryProfile | undefined {
    if (this.#raw?.isAmbiguous === true && this.#end?.status === 'ok') warn(ambiguousProfile);
    const { profile: text, peakOrigins } = this.#raw ?? {};
    const { version, drawsRules: withSteps } = this.#tracing;
    const isFinished = this.#end?.status === 'ok';
    // DuckDB writes none for EXPLAIN, SET, BEGIN and similar statements, and DuckDB 1.5 none for a query that failed.
    if (text === undefined) return undefined;
    const parsed = parseProfile(text, version, { withSteps, isFinished, peakOrigins });
    if ('fault' in parsed) {
      if (isFinished) warn({ code: parsed.fault, message: parsed.reason });
      return undefined;
    }
    unknownKeysWarnings(version, parsed.unknownKeys).forEach(warn);
    if (!this.#isOneStatement(parsed.profile)) {
      warn(severalStatements);
      return undefined;
    }
    return parsed.profile;
  }

  /** False for several statements that the driver runs as one, because only the last one has a profile. */
  #isOneStatement({ query }: QueryProfile): boolean {
    const { statements } = this.#opened?.text ?? {};
    if (statements !== undefined) return statements < 2;
    return query === undefined || query.length >= this.#sql.trim().length - 1;
  }

  #recordFailure(span: Span, error: unknown): void {
    const { redaction, maxTextBytes: maxBytes = DEFAULT_MAX_TEXT_BYTES } = this.#tracing.options.operators ?? {};
    const messages = redaction?.errorMessages;
    const identifiers = this.#opened?.text.names() ?? [];
    const described = describeError(error, { dialect: duckdbDialect, messages, maxBytes, identifiers });
    const time = toHrTime(this.#end?.at ?? this.#start);
    recordFailure(span, described, { time, eventName: EVENT_DB_CLIENT_OPERATION_EXCEPTION });
  }
}

function warningAttributes(warnings: readonly RunWarning[]): Attributes {
  const codes = [...new Set(warnings.map(({ code }) => code))].sort();
  return { [ATTR_WARNING_COUNT]: warnings.length, [ATTR_WARNING_CODES]: codes };
}
