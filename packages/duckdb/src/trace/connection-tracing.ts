import type { DuckDBConnection } from '@duckdb/node-api';
import { type Attributes, type Context, context, trace } from '@opentelemetry/api';
import type { RunningEntry } from '@planscope/internal/running-list';
import { canRecord } from '@planscope/internal/tracer-provider';
import { createUnixClock, type RunWarning, type WarningSink } from '@planscope/plan';
import type { DriverCopy } from '../driver/driver-copy.ts';
import { DuckDBError } from '../duckdb-error.ts';
import type { Preparer } from '../events/connection-events.ts';
import { DEFAULT_EVENT_KINDS } from '../events/engine-event.ts';
import { type BorrowedLog, borrowLog } from '../events/shared-logs.ts';
import type { MeasuredConnection } from '../measure/measured-connection.ts';
import type { RawMeasurement } from '../measure/measured-query.ts';
import { gapWarning, profilingWarnings } from '../measure/measurement-warnings.ts';
import { runOwn } from '../measure/own-statement.ts';
import { countUnmeasured } from '../measure/statements-in-flight.ts';
import { processPlans, type QueryOrigin } from '../report/plan-history.ts';
import { callSite } from './call-site.ts';
import { drawingBacklog } from './drawing-backlog.ts';
import { ObservedQuery, type QueryWatcher } from './observed-query.ts';
import { type QueryMethod, queryChannel } from './query-channel.ts';
import { baggageFields, labelAttributes } from './query-labels.ts';
import { queryMetrics } from './query-metrics.ts';
import { BindingWatch } from './query-text.ts';
import { type QuerySpan, QueryTracing } from './query-tracing.ts';
import { measuredConnection } from './shared-connections.ts';
import { type SqlComments, withSqlComment } from './sql-comment.ts';
import {
  checkTraceOptions,
  currentQueryOptions,
  fromPreset,
  isSkipped,
  type QueryPreset,
  type TraceConnectionOptions,
  withPreset,
} from './trace-options.ts';
import { recordingFailed, settingsShown, warnOf } from './trace-warnings.ts';
import { TracedQuery } from './traced-query.ts';

/** Wraps the result of a call so that its use is traced; `R` is the type that the program gets. */
export type Watch<T, R = T> = (result: T, query: QueryWatcher) => R;

/** What the span of a call needs. */
interface Recording {
  readonly tracing: QueryTracing;
  readonly parent: Context;
  readonly profile: boolean;
  readonly customFields: TraceConnectionOptions['customFields'];
  /** The labels of the query and where it was made. */
  readonly attributes: Attributes;
  /** The span, if it had to be started before the settings were changed. */
  readonly opened?: QuerySpan;
}

/** One execution of a statement. */
export interface Execution {
  readonly method: QueryMethod;
  /** Returns the number of values that are bound. */
  readonly values: () => number;
  /** The reads that happened while it was prepared. */
  readonly prepared?: Preparer | undefined;
  /** The values bound to a prepared statement, as attributes. */
  readonly parameters?: Attributes;
}

/** What is known about the connection besides its options. */
export interface ConnectionOrigin {
  /** The copy of the driver that it belongs to; undefined if it is part of a bundle and unknown. */
  readonly driver: DriverCopy | undefined;
  /** Number of its instance in the history of plans, if that is known. */
  readonly instance?: number | undefined;
  /** Name of the database that its instance was opened with. */
  readonly database?: string | undefined;
  /** Whether its queries are traced now. Default: always. */
  readonly isEnabled?: () => boolean;
  /** The tracing of the same connection with earlier options, whose log is in use until the connection is closed. */
  readonly before?: ConnectionTracing | undefined;
}

const DEFAULT_LABEL_LIMIT = 100;

/** The log of an instance, which is borrowed when the first query is measured. */
interface Lent {
  borrowed?: BorrowedLog;
}

/** Returns the log of an instance when a traced connection is garbage-collected. */
const forgotten = new FinalizationRegistry<Lent>(({ borrowed }) => borrowed?.release());

/** Traces the queries on one connection. Errors of tracing never reach a query. */
export class ConnectionTracing {
  readonly measured: MeasuredConnection;
  /** Defined only if the program keeps the values of parameters. */
  readonly bindings: BindingWatch | undefined;
  /** Reports a warning; never throws. */
  readonly warn: WarningSink;
  readonly #connection: DuckDBConnection;
  readonly #options: TraceConnectionOptions;
  readonly #origin: ConnectionOrigin;
  /** Keyed by the preset of the call. */
  readonly #tracings = new Map<QueryPreset | undefined, QueryTracing>();
  readonly #lent: Lent | undefined;
  readonly #told = new Set<string>();

  /** @throws DuckDBError `invalid-option`, or the error of a recorder for its options */
  constructor(connection: DuckDBConnection, options: TraceConnectionOptions, origin: ConnectionOrigin) {
    checkTraceOptions(options);
    this.#origin = origin;
    this.bindings = options.parameterValues === 'keep' ? new BindingWatch(options, origin.driver) : undefined;
    this.warn = warnOf(options);
    this.#connection = connection;
    this.#options = fromPreset(options);
    // Create it now, so that invalid options of the recorders throw here and not in the first query.
    this.#tracings.set(undefined, new QueryTracing(this.#options, this.#version, this.#ran));
    this.measured = measuredConnection(connection, options.temporaryFolder);
    const { events, temporaryFolder } = options;
    if (events === undefined) return;
    const lent: Lent = {};
    this.#lent = lent;
    const { instance, kinds = DEFAULT_EVENT_KINDS } = events;
    const lend = (): BorrowedLog['log'] => {
      lent.borrowed ??= borrowLog(instance, { folder: temporaryFolder, kinds });
      return lent.borrowed.log;
    };
    this.measured.useLog({ kinds, lend });
    // It must not hold the connection, which the measurement outlives.
    this.measured.onClose(() => lent.borrowed?.release());
    forgotten.register(this, lent, this);
  }

  /**
   * Makes a driver call that executes a statement. The call happens in the same turn as without tracing, unless
   * settings must be changed first.
   *
   * @param call gets the connection to use, which reports bound values, and the text to send
   */
  query<T>(
    sql: string,
    send: (connection: DuckDBConnection, text: string) => Promise<T>,
    watch: Watch<T>,
    execution: Execution,
  ): Promise<T> {
    const recording = this.#recordingOf(sql, execution);
    const observed = this.#observed(sql, execution, recording !== undefined);
    const text = this.#commented(sql, recording);
    const call = (connection: DuckDBConnection): Promise<T> => send(connection, text);
    const ready = this.#ready(sql, recording);
    if (recording === undefined) {
      const callLater = (): Promise<T> =>
        observed === undefined ? this.#unrecorded(call) : this.#onlyObserved(observed, call, watch);
      return ready === undefined ? callLater() : ready.then(callLater);
    }
    return this.#recorded(sql, recording, ready, call, watch, execution, observed);
  }

  /**
   * Makes a call that executes a statement later. It cannot wait, so it has no profile if settings would have to
   * change.
   */
  pending<T>(sql: string, call: () => T, watch: Watch<T>, execution: Execution): T {
    const recording = this.#recording();
    const observed = this.#observed(sql, execution, recording !== undefined);
    const send = (): T => (observed === undefined ? call() : observed.send(call));
    const query = recording && this.#begin(sql, recording, execution, observed);
    if (query === undefined) {
      this.measured.unmeasured();
      countUnmeasured();
      const result = send();
      return observed === undefined ? result : this.#watched(result, observed, watch);
    }
    let result: T;
    try {
      result = send();
    } catch (error) {
      query.open();
      query.failed(error);
      throw error;
    }
    return query.open() ? this.#watched(result, query, watch) : this.#unsampled(result, observed, watch);
  }

  /** Prepares a statement and collects the reads that happen meanwhile. */
  preparing<T>(sql: string, prepare: () => Promise<T>): Promise<{ readonly value: T; readonly prepared?: Preparer }> {
    const recording = this.#recording();
    const ready = this.#ready(sql, recording);
    if (ready !== undefined) return ready.then(() => this.#preparing(sql, recording, prepare));
    return this.#preparing(sql, recording, prepare);
  }

  /** Whether a call made now gets a span, or is published or measured. */
  get isObserving(): boolean {
    if (this.#recording() !== undefined) return true;
    return this.#isOn && (queryChannel.hasSubscribers || queryMetrics(this.#options.meterProvider) !== undefined);
  }

  /** Records that the program interrupts the connection. */
  interrupted(): void {
    this.measured.interrupted();
  }

  /** Draws all queries with what is known; called when the connection is closed. */
  close(): void {
    this.#origin.before?.close();
    forgotten.unregister(this);
    this.#lent?.borrowed?.release();
    drawingBacklog.drawAll();
  }

  /** Warnings about missing parts of a measurement. Warnings about the connection are raised only once. */
  gapsOf(raw: RawMeasurement | undefined): RunWarning[] {
    const activity = raw?.activity?.();
    const gap = activity !== undefined && 'gap' in activity ? activity.gap : undefined;
    const profiling = raw?.profile === undefined ? profilingWarnings[this.measured.profiling] : undefined;
    const found = [profiling, gap === undefined ? undefined : gapWarning(gap)];
    return found.filter(
      (warning) => warning !== undefined && (gap === 'ambiguous' || this.#tellOnce(warning)),
    ) as RunWarning[];
  }

  #tellOnce({ code }: RunWarning): boolean {
    if (this.#told.has(code)) return false;
    this.#told.add(code);
    return true;
  }

  get #ran(): QueryOrigin {
    const plans = processPlans();
    const { events } = this.#options;
    const instance = this.#origin.instance ?? (events === undefined ? undefined : plans.numberOf(events.instance));
    return { connection: plans.numberOf(this.#connection), ...(instance === undefined ? {} : { instance }) };
  }

  get #version(): string {
    return this.#origin.driver?.version() ?? 'unknown';
  }

  /** Undefined if statements are sent as they are. */
  get #comments(): SqlComments | undefined {
    const { sqlComments } = this.#options;
    return sqlComments === true ? {} : sqlComments || undefined;
  }

  /** The text to send. */
  #commented(sql: string, recording: Recording | undefined): string {
    const comments = this.#isOn ? this.#comments : undefined;
    if (comments === undefined) return sql;
    try {
      const span = recording?.opened?.span.spanContext() ?? trace.getSpanContext(context.active());
      return withSqlComment(sql, comments, span);
    } catch (error) {
      this.warn(recordingFailed(error));
      return sql;
    }
  }

  get #isOn(): boolean {
    return this.#origin.isEnabled?.() !== false && !isSkipped(currentQueryOptions(), this.#options.preset);
  }

  /** Returns undefined if nothing subscribes to the channel, nothing is measured and the query is not recorded. */
  #observed(sql: string, { method, values }: Execution, isRecorded: boolean): ObservedQuery | undefined {
    if (!this.#isOn) return undefined;
    try {
      const metrics = queryMetrics(this.#options.meterProvider);
      if (metrics === undefined && !queryChannel.hasSubscribers && !isRecorded) return undefined;
      const { database } = this.#origin;
      const call = { sql, method, values: values(), connection: this.#connection, database };
      const tracing = this.#tracingOf(undefined);
      const describe: RunningEntry['describe'] = () => tracing.operationOf(sql);
      const labels = labelAttributes(currentQueryOptions());
      const { labelLimit = DEFAULT_LABEL_LIMIT } = this.#options;
      const observers = { metrics, describe, labels, labelLimit, context: context.active(), warn: this.warn };
      return new ObservedQuery(call, observers);
    } catch (error) {
      this.warn(recordingFailed(error));
      return undefined;
    }
  }

  #recording(): Recording | undefined {
    if (!this.#isOn) return undefined;
    const options = currentQueryOptions();
    try {
      const parent = context.active();
      const tracing = this.#tracingOf(options.preset);
      if (!canRecord(tracing.provider, parent)) return undefined;
      if (this.#options.requireParentSpan === true && trace.getSpanContext(parent) === undefined) return undefined;
      const profile = options.profile ?? this.#options.profile ?? true;
      const ofBaggage = baggageFields(parent, this.#options.baggageFields);
      const customFields = { ...this.#options.customFields, ...ofBaggage, ...options.customFields };
      const attributes = labelAttributes(options);
      if (this.#options.callSite === true) Object.assign(attributes, callSite());
      return { tracing, parent, profile, customFields, attributes };
    } catch (error) {
      this.warn(recordingFailed(error));
      return undefined;
    }
  }

  /**
   * Starts the span first while no settings are changed, because settings are changed only for a sampled query, and for
   * a statement with a comment, which names the span.
   */
  #recordingOf(sql: string, { parameters = {} }: Execution): Recording | undefined {
    const recording = this.#recording();
    if (recording === undefined || !(this.measured.isUntouched || this.#comments !== undefined)) return recording;
    const { tracing, parent, customFields = {}, attributes } = recording;
    try {
      const place = { parent, customFields, parameters: { ...attributes, ...parameters } };
      const opened = tracing.startSpan(sql, place, createUnixClock()());
      return opened === undefined ? undefined : { ...recording, opened };
    } catch (error) {
      this.warn(recordingFailed(error));
      return undefined;
    }
  }

  #ready(sql: string, recording: Recording | undefined): Promise<void> | undefined {
    const profile = recording?.profile === true;
    return this.measured.ready(this.#connection, sql, { isMeasured: recording !== undefined, profile });
  }

  #unrecorded<T>(call: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    this.measured.unmeasured();
    return countUnmeasured(call(this.#connection));
  }

  async #onlyObserved<T>(
    observed: ObservedQuery,
    call: (connection: DuckDBConnection) => Promise<T>,
    watch: Watch<T>,
  ): Promise<T> {
    this.measured.unmeasured();
    let result: T;
    try {
      result = await observed.send(() => countUnmeasured(call(this.#connection)));
    } catch (error) {
      observed.failed(error);
      throw error;
    }
    return this.#watched(result, observed, watch);
  }

  /** The result of a query that the sampler dropped after it was sent. */
  #unsampled<T>(result: T, observed: ObservedQuery | undefined, watch: Watch<T>): T {
    if (observed?.isObserved === true) return this.#watched(result, observed, watch);
    observed?.drop();
    return result;
  }

  async #recorded<T>(
    sql: string,
    recording: Recording,
    ready: Promise<void> | undefined,
    call: (connection: DuckDBConnection) => Promise<T>,
    watch: Watch<T>,
    execution: Execution,
    observed: ObservedQuery | undefined,
  ): Promise<T> {
    if (ready !== undefined) await ready;
    const query = this.#begin(sql, recording, execution, observed);
    if (query === undefined) return this.#unrecorded(call);
    const connection =
      this.bindings?.connection(this.#connection, (key, text) => query.bound(key, text)) ?? this.#connection;
    const running = observed === undefined ? call(connection) : observed.send(() => call(connection));
    if (ready !== undefined) this.measured.passInterruptsOn(this.#connection, running);
    const isRecorded = query.open();
    if (!isRecorded) void countUnmeasured(running);
    let result: T;
    try {
      result = await running;
    } catch (error) {
      query.failed(error);
      throw error;
    }
    if (!isRecorded) return this.#unsampled(result, observed, watch);
    const watched = this.#watched(result, query, watch);
    if (!showsSettings(query)) return watched;
    // A view that was created elsewhere has shown Planscope's settings to the program, so the query must run again.
    await this.measured.hide(this.#connection, query.summary.split(' '));
    if (await mayAdvanceSequence(this.#connection, sql)) {
      this.warn(settingsShown);
      return watched;
    }
    this.measured.unmeasured();
    return countUnmeasured(call(this.#connection));
  }

  #begin(
    sql: string,
    recording: Recording,
    { prepared, parameters = {} }: Pick<Execution, 'prepared' | 'parameters'>,
    observed?: ObservedQuery,
  ): TracedQuery | undefined {
    const { tracing, parent, profile, customFields = {}, attributes, opened } = recording;
    const place = { parent, customFields, parameters: { ...attributes, ...parameters }, connection: this.#connection };
    try {
      return new TracedQuery(this, tracing, sql, place, { profile, prepared, opened, observed });
    } catch (error) {
      this.warn(recordingFailed(error));
      return undefined;
    }
  }

  async #preparing<T>(
    sql: string,
    recording: Recording | undefined,
    prepare: () => Promise<T>,
  ): Promise<{ readonly value: T; readonly prepared?: Preparer }> {
    if (recording === undefined) {
      this.measured.unmeasured();
      return { value: await prepare() };
    }
    const preparing = this.measured.preparing(createUnixClock()());
    try {
      const value = await prepare();
      return { value, ...(preparing === undefined ? {} : { prepared: preparing.preparer }) };
    } catch (error) {
      // Preparing has a span only if it fails; a prepared statement has one when it is executed.
      const query = this.#begin(sql, recording, {});
      query?.open();
      query?.failed(error);
      throw error;
    } finally {
      preparing?.done();
    }
  }

  #watched<T>(result: T, query: QueryWatcher, watch: Watch<T>): T {
    try {
      return watch(result, query);
    } catch (error) {
      if (DuckDBError.isInstance(error)) throw error;
      this.warn(recordingFailed(error));
      query.abandoned();
      return result;
    }
  }

  #tracingOf(preset: QueryPreset | undefined): QueryTracing {
    let tracing = this.#tracings.get(preset);
    if (tracing === undefined && preset !== undefined) {
      tracing = new QueryTracing(withPreset(this.#options, preset), this.#version, this.#ran);
      this.#tracings.set(preset, tracing);
    }
    if (tracing === undefined) throw new Error('[planscope/duckdb] the connection has no default options');
    return tracing;
  }
}

/** Only reads can safely run a second time. */
const READS = /^SELECT\b/;

function showsSettings({ profileText, summary }: TracedQuery): boolean {
  return profileText?.includes('"DUCKDB_SETTINGS"') === true && READS.test(summary);
}

const ADVANCES = 'nextval';
const DEFINITIONS_THAT_ADVANCE = `SELECT EXISTS (FROM duckdb_views() WHERE contains(lower(sql), '${ADVANCES}'))
  OR EXISTS (FROM duckdb_functions() WHERE contains(lower(macro_definition), '${ADVANCES}'))`;

/** Whether a second run of a read could advance a sequence: true if its text, a view or a macro contains `nextval`. */
async function mayAdvanceSequence(connection: DuckDBConnection, sql: string): Promise<boolean> {
  if (sql.toLowerCase().includes(ADVANCES)) return true;
  const [row] = await runOwn(connection, DEFINITIONS_THAT_ADVANCE).catch(() => []);
  return row?.[0] !== false;
}
