import type { DuckDBInstance } from '@duckdb/node-api';
import type { AttributeValue, MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { IoReportOptions, OperatorReportOptions } from '@planscope/exec-instrumentation';
import type { WarningSink } from '@planscope/plan';
import type { PlanningTraceOptions } from '@planscope/rule-instrumentation';
import { DuckDBError } from '../duckdb-error.ts';
import { checkEventKinds, type EventKind } from '../events/engine-event.ts';
import type { WarningThresholds } from '../warnings/warning-thresholds.ts';
import type { QueryHooks } from './query-hooks.ts';
import { checkLabels, type QueryLabels } from './query-labels.ts';
import type { SqlComments } from './sql-comment.ts';

/** How the queries of a program's own connection are traced. */
export interface TraceConnectionOptions extends QueryHooks {
  /** Default: the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Where the durations of queries are measured, of those without a span, too. Default: the global provider. */
  readonly meterProvider?: MeterProvider;
  /** Record only queries with a span around them. Default: false. */
  readonly requireParentSpan?: boolean;
  /** Default values for the other options. Default: `production-lean`, which records the phases of the planner. */
  readonly preset?: QueryPreset;
  /** Which queries are recorded without details. Default: none. */
  readonly detail?: DetailOptions;
  /**
   * Record DuckDB's profile of each query, for the planner and the operators. Default: true. Queries are not profiled
   * while the program uses the profiler itself, or if the instance forbids files or changes of settings.
   */
  readonly profile?: boolean;
  /** How the planner is recorded. */
  readonly planning?: PlanningTraceOptions;
  /**
   * Consent to use the log of the instance, for the reads and requests of each query; default none, and then no bytes are
   * shown at all. While a connection traced so is open, the instance logs them, of all its connections, into a file that only
   * this process reads; its settings for logging come back when the last one closes. Where the program logs, the log is left
   * alone.
   */
  readonly events?: InstanceLogConsent;
  /** How operators are drawn, and the redaction of texts and errors. */
  readonly operators?: OperatorReportOptions;
  /**
   * Whether the span of a statement has the values of its first 64 parameters, as `db.query.parameter.<key>`. Default:
   * `redact`, which does not read the values.
   */
  readonly parameterValues?: 'redact' | 'keep';
  /**
   * What happens if DuckDB breaks a stream off without an error. With `warn`, the span has an error and a warning is
   * raised; with `throw`, the fetch that detects it throws as well. Default: `warn`.
   */
  readonly onLostError?: 'warn' | 'throw';
  /** Thresholds at which a number in the profile raises a warning; false raises no warnings. */
  readonly warnings?: Partial<WarningThresholds> | false;
  /** Called for every warning. Default: OpenTelemetry's diagnostic logger. */
  readonly warn?: WarningSink;
  /** Maximum number of spans for one query; its span counts the dropped ones. Default: 1000. */
  readonly maxSpans?: number;
  /** Fields for every query span. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
  /**
   * Send statements with a comment that has the trace context, in the form of sqlcommenter, for a database behind DuckDB
   * or for DuckDB's own log; default false. The texts on spans do not have it. Prepared statements and statements with a
   * comment are sent unchanged.
   */
  readonly sqlComments?: boolean | SqlComments;
  /** Record the file, line and function of the program that made a query. Takes about 20 µs. Default: false. */
  readonly callSite?: boolean;
  /** Keys of the baggage that become fields of the query span. Default: none. */
  readonly baggageFields?: readonly string[];
  /** Number of values that a label or the tenant has on measurements; further values are `_OTHER`. Default: 100. */
  readonly labelLimit?: number;
  /** Folder for profiles and log. Default: `/dev/shm` if it has space, else the system's folder for temporary files. */
  readonly temporaryFolder?: string;
}

/** Which queries are recorded in full. */
export interface DetailOptions {
  /**
   * A query that succeeds in fewer milliseconds, without spilling to disk and without warnings, has a single span with
   * its totals. The decision is made before its profile is parsed.
   */
  readonly slowerThan: number;
}

/** Consent to use the log of an instance. */
export interface InstanceLogConsent {
  /** The instance of the connection. */
  readonly instance: DuckDBInstance;
  /**
   * What is logged: `reads` and writes of files, HTTP `requests`, `row-groups` of Parquet files that a scan read or skipped,
   * queries of DuckLake to its `catalogue`. Default reads and requests.
   */
  readonly kinds?: readonly EventKind[];
  /** How reads, writes and requests are drawn under the scans that made them. */
  readonly spans?: IoReportOptions;
}

/** The presets of Planscope that apply to a connection. */
export type QueryPreset = 'maximal' | 'maximal-no-data' | 'production-lean' | 'off';

/** Options for the queries that start within `withQueryOptions`. */
export interface QueryOptions extends QueryLabels {
  /** Neither trace nor profile the queries. Default: false. */
  readonly skip?: boolean;
  /** Overrides several options of the connection; `skip` and `profile` of the call take precedence over it. */
  readonly preset?: QueryPreset;
  /** Record the profile. Default: the option of the connection. */
  readonly profile?: boolean;
  /** Fields for these queries, which override those of the connection. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
}

/** @throws DuckDBError `invalid-option` naming the field, its value and what would be right */
export function checkTraceOptions({ preset, detail, events, labelLimit }: TraceConnectionOptions): void {
  if (labelLimit !== undefined && !(Number.isSafeInteger(labelLimit) && labelLimit >= 0)) {
    throw invalid(`labelLimit is ${String(labelLimit)}; it must be an integer from 0 up`);
  }
  if (preset !== undefined) checkPreset(preset);
  if (detail !== undefined && !(Number.isFinite(detail.slowerThan) && detail.slowerThan >= 0)) {
    throw invalid(`detail.slowerThan is ${String(detail.slowerThan)}; it must be a number of milliseconds from 0 up`);
  }
  if (events === undefined) return;
  // Not `instanceof`: the instance may belong to another copy of the driver.
  if (typeof (events.instance as Partial<DuckDBInstance> | undefined)?.connect !== 'function') {
    throw invalid(`events.instance is ${typeof events.instance}; it must be a DuckDBInstance`);
  }
  checkEventKinds('events.kinds', events.kinds);
}

/** @throws DuckDBError `invalid-option` for a preset that does not exist */
function checkPreset(preset: string): void {
  if (Object.hasOwn(queryPresets, preset)) return;
  throw invalid(`preset is ${JSON.stringify(preset)}; use one of ${Object.keys(queryPresets).join(', ')}`);
}

function invalid(text: string): DuckDBError {
  return new DuckDBError('invalid-option', text);
}

// Shared, because one process may load this package twice, as ESM and as CommonJS.
const key = Symbol.for('planscope.duckdb.query-options');
const holder = globalThis as { [key]?: QueryOptions };

/**
 * Sets options for the queries that a function starts synchronously, before its first `await`.
 *
 * @param call for example `() => connection.runAndReadAll('SELECT 42')`
 * @returns what the function returns
 * @throws DuckDBError `invalid-option` for a preset that does not exist, or a label that is not valid
 */
export function withQueryOptions<T>(options: QueryOptions, call: () => T): T {
  if (options.preset !== undefined) checkPreset(options.preset);
  checkLabels(options);
  const outer = currentQueryOptions();
  const labels = { ...outer.labels, ...options.labels };
  holder[key] = { ...outer, ...options, labels };
  try {
    return call();
  } finally {
    holder[key] = outer;
  }
}

export function currentQueryOptions(): QueryOptions {
  return holder[key] ?? {};
}

/** The settings of a preset for one query. */
interface QueryPresetSettings {
  readonly skip: boolean;
  readonly recordMetrics: boolean;
  readonly ruleMode: 'full' | 'phase-only' | 'disabled';
  /** Whether to record reads and writes, if the program has consented to the log. */
  readonly io: boolean;
}

const EVERYTHING: QueryPresetSettings = { skip: false, recordMetrics: true, ruleMode: 'full', io: true };

/** `maximal` and `maximal-no-data` are the same here, because a traced connection records no rows. */
export const queryPresets: Readonly<Record<QueryPreset, QueryPresetSettings>> = {
  maximal: EVERYTHING,
  'maximal-no-data': EVERYTHING,
  'production-lean': { ...EVERYTHING, ruleMode: 'phase-only' },
  off: { skip: true, recordMetrics: false, ruleMode: 'disabled', io: false },
};

/** The default preset of all of Planscope. */
const DEFAULT_PRESET: QueryPreset = 'production-lean';

/** Whether a query is not traced at all. */
export function isSkipped({ skip, preset }: QueryOptions, ofConnection: QueryPreset = DEFAULT_PRESET): boolean {
  return skip ?? queryPresets[preset ?? ofConnection].skip;
}

/** The options of a connection, with defaults from its preset. */
export function fromPreset(options: TraceConnectionOptions): TraceConnectionOptions {
  const { recordMetrics, ruleMode } = queryPresets[options.preset ?? DEFAULT_PRESET];
  return {
    ...options,
    planning: { mode: ruleMode, ...options.planning },
    operators: { recordMetrics, ...options.operators },
  };
}

/** The options of a connection, overridden by the preset of a call. */
export function withPreset(options: TraceConnectionOptions, preset: QueryPreset): TraceConnectionOptions {
  const { recordMetrics, ruleMode, io } = queryPresets[preset];
  const { events, ...others } = options;
  return {
    ...others,
    planning: { ...options.planning, mode: ruleMode, analyzer: ruleMode, optimizer: ruleMode, physical: ruleMode },
    operators: { ...options.operators, recordMetrics },
    ...(io && events !== undefined ? { events } : {}),
  };
}
