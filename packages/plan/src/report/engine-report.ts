import type { MetricType, TimingBasis } from '@planscope/semconv';
import type { NodeField } from '../node/plan-node.ts';
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
 *
 * An engine of one machine lists its `operators`. One that is spread over machines lists `stages`, and in each the
 * operators that ran there; each operator stands in one place only.
 */
export interface EngineReport {
  readonly version: 2;
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
  /** What the engine says of its error; never with the status `ok`. */
  readonly error?: EngineErrorReport;
  /** True if the numbers were taken before the engine was done, so that they can be too small; default false. */
  readonly partial?: boolean;
  /** The engine's own span of the query, as W3C trace context, where the engine makes spans itself. */
  readonly traceparent?: string;
  /** From handing the query to the engine to the end of its output. */
  readonly window: TimeWindow;
  /** Present if only numbers of the whole query were kept, because it was fast and raised no warning. */
  readonly detail?: 'summary';
  /** What came before planning, in order. */
  readonly queue?: readonly QueuePhaseReport[];
  readonly planning?: readonly PhaseReport[];
  /** The roots of the operator tree, for operators that belong to no stage. */
  readonly operators?: readonly OperatorReport[];
  /** The parts of the plan that ran on several machines, in any order. */
  readonly stages?: readonly StageReport[];
  readonly io?: readonly IoReport[];
  /** Of the execution as a whole. */
  readonly metrics?: readonly MetricReport[];
}

/** What an engine says of an error. Both texts are the engine's own codes, without data. */
export interface EngineErrorReport {
  /** Which error it was, for example `DIVISION_BY_ZERO`. */
  readonly code: string;
  /** The engine's class of such errors, for example `USER_ERROR`. */
  readonly type?: string;
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

/** What a query went through before it was planned; the names of the spans. */
export type QueuePhase = 'queued' | 'waiting' | 'dispatching';

/** `queued`: in a queue of the engine; `waiting`: for machines or memory; `dispatching`: on its way to who runs it. */
export interface QueuePhaseReport {
  readonly phase: QueuePhase;
  /** The engine's own name of the step, for example `resourceWaitingTime`. */
  readonly step?: string;
  readonly timing: ReportedTiming;
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
  /** How often it was called, where one entry stands for all calls of the rule. */
  readonly invocations?: number;
  /** How many of the calls changed the plan; at most `invocations`. */
  readonly applied?: number;
  readonly planBefore?: PlanReport;
  readonly planAfter?: PlanReport;
  /** How the plans were found; `reported` unless said otherwise. */
  readonly planBasis?: 'reported' | 'ablation';
  /** Why there are no plans, where they were asked for and could not be had; one sentence without data. */
  readonly plansUnavailable?: string;
}

/** One part of the plan, all its tasks together. */
export interface StageReport {
  /** Unique within the report. */
  readonly id: string;
  /** The stages that read what this one puts out; empty at the top. No stage is above itself. */
  readonly parents: readonly string[];
  /** How the stage ended; absent if it had not when the numbers were taken. */
  readonly status?: ExecutionStatus;
  readonly timing: ReportedTiming;
  /** As of the whole report, where it is another for this stage. */
  readonly partial?: boolean;
  /** Of the stage as a whole, failed tasks included where the engine counts them in. */
  readonly metrics: readonly MetricReport[];
  /** The roots of the operators that ran here, their numbers over all tasks; absent if the engine did not say. */
  readonly operators?: readonly OperatorReport[];
  /** Each attempt at a task is one entry; empty if the engine lists none. */
  readonly tasks: readonly TaskReport[];
  /**
   * How the tasks differ, where the engine says it itself; what is not here is worked out from `tasks`. The names are
   * those of metrics, and `duration` in ns.
   */
  readonly spread?: readonly SpreadReport[];
}

/** One attempt at the work of a stage on one machine. */
export interface TaskReport {
  /** Unique within the stage, together with `attempt`. */
  readonly id: string;
  /** From 0, which is the default. */
  readonly attempt?: number;
  /** Name or address of the machine. */
  readonly host?: string;
  /** How the task ended; absent if it had not when the numbers were taken. */
  readonly status?: ExecutionStatus;
  readonly error?: EngineErrorReport;
  readonly timing: ReportedTiming;
  readonly metrics: readonly MetricReport[];
}

/** How the tasks of a stage differ in one number. */
export interface SpreadReport {
  readonly name: string;
  /** UCUM unit. */
  readonly unit: string;
  readonly least: DecimalString | number;
  readonly median: DecimalString | number;
  readonly most: DecimalString | number;
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
  /**
   * Where a scan takes its rows from. Absent on an operator that hands on rows of the query itself, such as those of a common
   * table expression: they are scanned where they come from.
   */
  readonly scans?: 'table' | 'files';
  readonly children: readonly OperatorReport[];
  /** The stages whose output it reads, for an operator that takes rows from other stages. */
  readonly inputStages?: readonly string[];
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
  /** The HTTP request behind this entry, or what several of one kind have in common. */
  readonly request?: HttpRequestReport;
}

/** An HTTP request that an engine made. */
export interface HttpRequestReport {
  /** Upper case, for example `GET`. */
  readonly method: string;
  /** Host name or address of the server. */
  readonly host?: string;
  readonly port?: number;
  /** Absent where no response came. */
  readonly status?: number;
  /** Which repetition of the same request this is, from 1; absent for the first try, and where several are added up. */
  readonly resend?: number;
  /** Why it failed: the status code, `no_response` or `incomplete_response`; absent for one that was answered. */
  readonly error?: string;
}

/** How an execution ended. */
export type ExecutionStatus = 'ok' | 'error' | 'cancelled';
