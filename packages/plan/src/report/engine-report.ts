import type { MetricType, TimingBasis } from '@planscope/semconv';
import type { ExecutionStatus } from '../execution/execution-status.ts';
import type { NodeField } from '../node/node-field.ts';
import type { PlanningPhase } from '../planning/planning-phase.ts';
import type { PlanReport } from './reported-plan.ts';

/** A whole number as decimal digits, for values that can pass 2^53. */
export type DecimalString = string;

/** An instant: nanoseconds since the Unix epoch. */
export type UnixNanoseconds = DecimalString;

/** From start to end, both inclusive instants. */
export interface TimeWindow {
  readonly start: UnixNanoseconds;
  readonly end: UnixNanoseconds;
}

/**
 * What an engine measured of itself in one execution, as plain JSON. Texts are as the engine gave them, literals
 * included: the recorders redact them before they reach a span.
 */
export interface EngineReport {
  readonly version: 1;
  readonly engine: { readonly name: string; readonly version: string };
  /** Identity of the query within the engine. */
  readonly queryId?: string;
  readonly query?: QueryReport;
  /**
   * Names of columns, tables and functions that may stand in the texts of this report. Where it is given, any other name
   * counts as data: engines make names from values, too.
   */
  readonly identifiers?: readonly string[];
  readonly status: ExecutionStatus;
  /** From handing the query to the engine to the end of its output. */
  readonly window: TimeWindow;
  /** Present if only numbers of the whole query were kept, because it was fast and raised no warning. */
  readonly detail?: 'summary';
  readonly planning?: readonly PhaseReport[];
  /** The roots of the operator tree. */
  readonly operators?: readonly OperatorReport[];
  readonly io?: readonly IoReport[];
  /** Of the execution as a whole. */
  readonly metrics?: readonly MetricReport[];
  /** Where it ran, for an engine that is spread over machines. */
  readonly stage?: string;
  readonly task?: string;
  readonly attempt?: number;
  readonly host?: string;
}

/** What the engine was asked. */
export interface QueryReport {
  /** In the engine's language, literals included. */
  readonly text: string;
  /** Kind of statement, upper case, for example `SELECT`. */
  readonly operation?: string;
  /** Operation and relations, without a literal, for example `SELECT flights airports`. */
  readonly summary?: string;
}

/** Times of something reported. A basis other than `measured` says what is missing. */
export interface ReportedTiming {
  readonly basis: TimingBasis;
  /** Real duration in nanoseconds, where it is known. */
  readonly duration?: DecimalString;
  /** Real or observed window, where it is known. */
  readonly window?: TimeWindow;
}

/** One phase of the engine's own planner. */
export interface PhaseReport {
  readonly phase: PlanningPhase;
  /** The engine's own name of the step, for example `planner_binding`. */
  readonly step?: string;
  readonly timing: ReportedTiming;
  readonly rules: readonly RuleReport[];
  /** The plan that the phase was given and the one it came to. */
  readonly planBefore?: PlanReport;
  readonly planAfter?: PlanReport;
}

/** One rule of the engine's own planner. */
export interface RuleReport {
  readonly name: string;
  readonly timing: ReportedTiming;
  /** Absent where the engine does not say. */
  readonly changed?: boolean;
  readonly planBefore?: PlanReport;
  readonly planAfter?: PlanReport;
  /** How the plans were found; `reported` unless said otherwise. */
  readonly planBasis?: 'reported' | 'ablation';
  /** Why there are no plans, where they were asked for and could not be had; one sentence without data. */
  readonly plansUnavailable?: string;
}

/** One physical operator that the engine ran. */
export interface OperatorReport {
  /** Unique within the report. */
  readonly id: string;
  readonly name: string;
  /** What the operator is; {@link describeNode} makes one line of it. */
  readonly fields?: readonly NodeField[];
  readonly timing: ReportedTiming;
  readonly metrics: readonly MetricReport[];
  /** The engine's own attributes, keys from its `semconv.ts`; its registry there says how each text is redacted. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly children: readonly OperatorReport[];
}

/** One number with its unit. */
export interface MetricReport {
  readonly name: string;
  readonly type: MetricType;
  /** UCUM unit. */
  readonly unit: string;
  readonly value: DecimalString | number;
}

/** The reads or writes of one file or object, one event or several grouped. */
export interface IoReport {
  /** Name of the store, for example `file`. */
  readonly store: string;
  /** Operation, for example `get_ranges` or `put`. */
  readonly operation: string;
  /** Path or URL as the engine gave it. */
  readonly location: string;
  readonly bytes: DecimalString | number;
  /** Single requests behind this entry. */
  readonly requests: number;
  readonly timing: ReportedTiming;
  /** The operator that asked, where it is known. */
  readonly operatorId?: string;
  /** Byte ranges, end exclusive, where they were kept. */
  readonly ranges?: readonly (readonly [DecimalString | number, DecimalString | number])[];
}
