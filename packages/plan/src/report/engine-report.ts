import type { MetricType, TimingBasis } from '@planscope/semconv';
import type { NodeField } from '../node/plan-node.ts';
import type { PlanningPhase } from '../planning/planning-phase.ts';
import type { PlanReport } from './reported-plan.ts';

/** A whole number as decimal digits, for values that can exceed 2^53. */
export type DecimalString = string;

/** A time in nanoseconds since the Unix epoch. */
export type UnixNanoseconds = DecimalString;

/** A window from start to end, both inclusive. */
export interface TimeWindow {
  readonly start: UnixNanoseconds;
  readonly end: UnixNanoseconds;
}

/**
 * The measurements of an engine for one execution, as plain JSON. Texts are unchanged and include literals; the
 * recorders redact them before they set them on a span.
 *
 * An engine on one machine lists its `operators`. A distributed engine lists `stages` with their operators. Each
 * operator is listed only once.
 */
export interface EngineReport {
  readonly version: 2;
  readonly engine: { readonly name: string; readonly version: string };
  /** Id of the query in the engine. */
  readonly queryId?: string;
  readonly query?: QueryReport;
  /**
   * Names of columns, tables and functions that the texts of this report may show. If given, any other name is treated
   * as data, because engines also create names from values.
   */
  readonly identifiers?: readonly string[];
  readonly status: ExecutionStatus;
  /** The engine's codes for its error; absent with the status `ok`. */
  readonly error?: EngineErrorReport;
  /** True if the numbers were taken before the end of the execution, so that they can be too small. Default: false. */
  readonly partial?: boolean;
  /** The engine's own span of the query as W3C trace context, if the engine creates spans itself. */
  readonly traceparent?: string;
  /** From passing the query to the engine to the end of its output. */
  readonly window: TimeWindow;
  /** Present if only the totals of the query were kept, because it was fast and raised no warning. */
  readonly detail?: 'summary';
  /** The steps before planning, in order. */
  readonly queue?: readonly QueuePhaseReport[];
  readonly planning?: readonly PhaseReport[];
  /** The roots of the trees of operators without a stage. */
  readonly operators?: readonly OperatorReport[];
  /** The stages of a plan that ran on several machines, in any order. */
  readonly stages?: readonly StageReport[];
  readonly io?: readonly IoReport[];
  /** Metrics of the whole execution. */
  readonly metrics?: readonly MetricReport[];
}

/** An engine's codes for an error, without data. */
export interface EngineErrorReport {
  /** Code of the error, for example `DIVISION_BY_ZERO`. */
  readonly code: string;
  /** The engine's class of such errors, for example `USER_ERROR`. */
  readonly type?: string;
}

/** The query that the engine executed. */
export interface QueryReport {
  /** Text in the language of the engine, including literals. */
  readonly text: string;
  /** Kind of statement in upper case, for example `SELECT`. */
  readonly operation?: string;
  /** Operation and relations without literals, for example `SELECT flights airports`. */
  readonly summary?: string;
}

/** Times of a part of a report. A basis other than `measured` shows what is missing. */
export interface ReportedTiming {
  readonly basis: TimingBasis;
  /** Real duration in nanoseconds, if known. */
  readonly duration?: DecimalString;
  /** Real or observed window, if known. */
  readonly window?: TimeWindow;
}

/** The steps of a query before planning, which are also the names of their spans. */
export type QueuePhase = 'queued' | 'waiting' | 'dispatching';

/** `queued`: in a queue of the engine; `waiting`: for machines or memory; `dispatching`: being sent to a machine. */
export interface QueuePhaseReport {
  readonly phase: QueuePhase;
  /** The engine's own name of the step, for example `resourceWaitingTime`. */
  readonly step?: string;
  readonly timing: ReportedTiming;
}

/** One phase of the engine's planner. */
export interface PhaseReport {
  readonly phase: PlanningPhase;
  /** The engine's own name of the step, for example `planner_binding`. */
  readonly step?: string;
  readonly timing: ReportedTiming;
  readonly rules: readonly RuleReport[];
  /** The plan before and after the phase. */
  readonly planBefore?: PlanReport;
  readonly planAfter?: PlanReport;
}

/** One rule of the engine's planner. */
export interface RuleReport {
  readonly name: string;
  readonly timing: ReportedTiming;
  /** Whether it changed the plan; absent if unknown. */
  readonly changed?: boolean;
  /** Number of calls, if the entry is for all calls of the rule. */
  readonly invocations?: number;
  /** Number of calls that changed the plan, at most `invocations`. */
  readonly applied?: number;
  readonly planBefore?: PlanReport;
  readonly planAfter?: PlanReport;
  /** Origin of the plans. Default: `reported`. */
  readonly planBasis?: 'reported' | 'ablation';
  /** Why requested plans are missing, in one sentence without data. */
  readonly plansUnavailable?: string;
}

/** One part of the plan with all its tasks. */
export interface StageReport {
  /** Unique within the report. */
  readonly id: string;
  /** The stages that read the output of this stage; empty at the top. There are no cycles. */
  readonly parents: readonly string[];
  /** Status of the stage; absent if it was still running when the numbers were taken. */
  readonly status?: ExecutionStatus;
  readonly timing: ReportedTiming;
  /** Like the field of the report, if it differs for this stage. */
  readonly partial?: boolean;
  /** Metrics of the whole stage, including failed tasks if the engine counts them. */
  readonly metrics: readonly MetricReport[];
  /** The roots of the operators of this stage, with numbers over all tasks; absent if unknown. */
  readonly operators?: readonly OperatorReport[];
  /** One entry for each attempt at a task; empty if the engine lists none. */
  readonly tasks: readonly TaskReport[];
  /**
   * The attempts that have no entry in `tasks`, because there are too many. `metrics` and `spread` cover them as well.
   * An adapter leaves out those that did not fail and took least time.
   */
  readonly otherTasks?: OtherTasksReport;
  /**
   * The distribution over the tasks, if the engine reports it. Other distributions are computed from `tasks`, unless
   * there are `otherTasks`. The names are those of metrics, and `duration` in ns.
   */
  readonly spread?: readonly SpreadReport[];
}

/** How many attempts a report does not list. */
export interface OtherTasksReport {
  readonly count: number;
  /** How many of them failed, at most `count`. Default: 0. */
  readonly failed?: number;
}

/** One attempt at the work of a stage on one machine. */
export interface TaskReport {
  /** Unique in the stage together with `attempt`. */
  readonly id: string;
  /** Number of the attempt, starting with 0. Default: 0. */
  readonly attempt?: number;
  /** Name or address of the machine. */
  readonly host?: string;
  /** Status of the task; absent if it was still running when the numbers were taken. */
  readonly status?: ExecutionStatus;
  readonly error?: EngineErrorReport;
  readonly timing: ReportedTiming;
  readonly metrics: readonly MetricReport[];
}

/** The distribution of one number over the tasks of a stage. */
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
  /** Description of the operator, which {@link describeNode} formats as one line. */
  readonly fields?: readonly NodeField[];
  readonly timing: ReportedTiming;
  readonly metrics: readonly MetricReport[];
  /** The engine's own attributes, with keys from its `semconv.ts`, whose registry determines the redaction of texts. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /**
   * The source of a scan. Absent for an operator that passes on rows of the query itself, for example of a common table
   * expression, because those are scanned elsewhere.
   */
  readonly scans?: 'table' | 'files';
  readonly children: readonly OperatorReport[];
  /** The stages whose output the operator reads, if any. */
  readonly inputStages?: readonly string[];
}

/** One number with its unit. */
export interface MetricReport {
  readonly name: string;
  readonly type: MetricType;
  /** UCUM unit. */
  readonly unit: string;
  readonly value: DecimalString | number;
  /**
   * `profile` if the engine's profiler counted it, `io_log` if it is the sum of logged reads and writes, `settings` if it
   * is set in the engine. Default: `io_log` for bytes and requests, else `profile`.
   */
  readonly source?: 'io_log' | 'profile' | 'settings';
}

/** The reads or writes of one file or object: a single event or several grouped events. */
export interface IoReport {
  /** Name of the store, for example `file`. */
  readonly store: string;
  /** Operation, for example `get_ranges` or `put`. */
  readonly operation: string;
  /** Path or URL from the engine. */
  readonly location: string;
  readonly bytes: DecimalString | number;
  /** Number of requests in this entry. */
  readonly requests: number;
  readonly timing: ReportedTiming;
  /** Id of the operator, if known. */
  readonly operatorId?: string;
  /** Byte ranges with exclusive ends, if they were kept. */
  readonly ranges?: readonly (readonly [DecimalString | number, DecimalString | number])[];
  /** `db.system.name` of the database that was asked, for a query of a catalogue. */
  readonly system?: string;
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
  /** Why it failed: the status code, `response_not_logged` or `incomplete_response`; absent for one that was answered. */
  readonly error?: string;
}

/** Status of an execution. */
export type ExecutionStatus = 'ok' | 'error' | 'cancelled';
