import { DuckDBInstance } from '@duckdb/node-api';
import type { AttributeValue, TracerProvider } from '@opentelemetry/api';
import type { IoReportOptions, OperatorReportOptions } from '@planscope/exec-instrumentation';
import type { WarningSink } from '@planscope/plan';
import type { PlanningTraceOptions } from '@planscope/rule-instrumentation';
import { DuckDBError } from '../duckdb-error.ts';
import { checkEventKinds, type EventKind } from '../events/engine-event.ts';
import type { WarningThresholds } from '../warnings/warning-thresholds.ts';

/** How the queries of a program's own connection are traced. */
export interface TraceConnectionOptions {
  /** Default the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** What the other options start from; default `production-lean`, which draws the planner by its phases. */
  readonly preset?: QueryPreset;
  /** For which queries less is kept; default none. */
  readonly detail?: DetailOptions;
  /**
   * Take DuckDB's profile of each query, for its planner and operators; default true. It is left alone while the program
   * profiles for itself, and where the instance forbids files or a change of settings.
   */
  readonly profile?: boolean;
  /** How the planner is drawn. */
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
   * Whether the values bound to the first 64 parameters of a statement are on its span, as `db.query.parameter.<key>`;
   * default `redact`, and then they are not looked at.
   */
  readonly parameterValues?: 'redact' | 'keep';
  /**
   * What happens when DuckDB breaks a stream off without an error: its span says so and a warning is raised; with `throw`
   * the fetch that finds it out throws, too. Default `warn`.
   */
  readonly onLostError?: 'warn' | 'throw';
  /** Thresholds at which a number of the profile raises a warning; false raises none. */
  readonly warnings?: Partial<WarningThresholds> | false;
  /** Takes warnings; default OpenTelemetry's diagnostic logger. */
  readonly warn?: WarningSink;
  /** Most spans of one query; what goes over is counted on its span; default 1000. */
  readonly maxSpans?: number;
  /** Fields that are on every query span. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
  /** Folder for what DuckDB writes for us; default `/dev/shm` where there is one, else the system's. */
  readonly temporaryFolder?: string;
}

/** Which queries are drawn in full. */
export interface DetailOptions {
  /**
   * A query that took less than so many milliseconds, came to its end and has no warning keeps one span, with its numbers
   * as a whole. That is decided before its profile is parsed.
   */
  readonly slowerThan: number;
}

/** By naming the instance, the program lends its log. */
export interface InstanceLogConsent {
  /** The one that the connection belongs to. */
  readonly instance: DuckDBInstance;
  /**
   * What is logged: `reads` and writes of files, HTTP `requests`, `row-groups` of Parquet files that a scan read or skipped,
   * queries of DuckLake to its `catalogue`. Default reads and requests.
   */
  readonly kinds?: readonly EventKind[];
  /** How reads, writes and requests are drawn under the scans that made them. */
  readonly spans?: IoReportOptions;
}

/** The presets of Planscope, as far as a connection has what they switch. */
export type QueryPreset = 'maximal' | 'maximal-no-data' | 'production-lean' | 'off';

/** Settings of the calls within `withQueryOptions`. */
export interface QueryOptions {
  /** Neither traced nor profiled; default false. */
  readonly skip?: boolean;
  /** Switches much at once, over what the connection says; `skip` and `profile` of the call itself go before it. */
  readonly preset?: QueryPreset;
  /** Take the profile; default as the connection has it. */
  readonly profile?: boolean;
  /** Fields of these queries, over those of the connection. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
}

/** @throws DuckDBError `invalid-option` naming the field, its value and what would be right */
export function checkTraceOptions({ preset, detail, events }: TraceConnectionOptions): void {
  if (preset !== undefined) checkPreset(preset);
  if (detail !== undefined && !(Number.isFinite(detail.slowerThan) && detail.slowerThan >= 0)) {
    throw invalid(`detail.slowerThan is ${String(detail.slowerThan)}; it must be a number of milliseconds from 0 up`);
  }
  if (events === undefined) return;
  if (!(events.instance instanceof DuckDBInstance)) {
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

// One process may load this package twice, as ESM and as CommonJS; options hold for what either has traced.
const key = Symbol.for('planscope.duckdb.query-options');
const holder = globalThis as { [key]?: QueryOptions };

/**
 * Sets options for the queries that a function starts before it first awaits.
 *
 * @param call for example `() => connection.runAndReadAll('SELECT 42')`
 * @returns what the function returns
 * @throws DuckDBError `invalid-option` for a preset that does not exist
 */
export function withQueryOptions<T>(options: QueryOptions, call: () => T): T {
  if (options.preset !== undefined) checkPreset(options.preset);
  const outer = currentQueryOptions();
  holder[key] = { ...outer, ...options };
  try {
    return call();
  } finally {
    holder[key] = outer;
  }
}

export function currentQueryOptions(): QueryOptions {
  return holder[key] ?? {};
}

/** What a preset decides for one query. */
interface QueryPresetSettings {
  readonly skip: boolean;
  readonly recordMetrics: boolean;
  readonly ruleMode: 'full' | 'phase-only' | 'disabled';
  /** Draws what the instance's log tells, where the program lent it. */
  readonly io: boolean;
}

const EVERYTHING: QueryPresetSettings = { skip: false, recordMetrics: true, ruleMode: 'full', io: true };

/** A traced connection shows no rows, so with data and without come to the same. */
export const queryPresets: Readonly<Record<QueryPreset, QueryPresetSettings>> = {
  maximal: EVERYTHING,
  'maximal-no-data': EVERYTHING,
  'production-lean': { ...EVERYTHING, ruleMode: 'phase-only' },
  off: { skip: true, recordMetrics: false, ruleMode: 'disabled', io: false },
};

/** What a connection starts from, as everything else of Planscope does. */
const DEFAULT_PRESET: QueryPreset = 'production-lean';

/** Whether a query is left out altogether. */
export function isSkipped({ skip, preset }: QueryOptions, ofConnection: QueryPreset = DEFAULT_PRESET): boolean {
  return skip ?? queryPresets[preset ?? ofConnection].skip;
}

/** The options of a connection over what its preset says. */
export function fromPreset(options: TraceConnectionOptions): TraceConnectionOptions {
  const { recordMetrics, ruleMode } = queryPresets[options.preset ?? DEFAULT_PRESET];
  return {
    ...options,
    planning: { mode: ruleMode, ...options.planning },
    operators: { recordMetrics, ...options.operators },
  };
}

/** The options of a connection, with what the preset of a call decides in their place. */
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
