import type { ExecutionStatus, PlanningPhase, QueuePhase, UnixNanoseconds } from '@planscope/plan/report';
import type { MetricType, SpanKindName, TimingBasis } from '@planscope/semconv';

/** The version of the model. It changes if a field changes its meaning or goes; a new optional field keeps it. */
export const RUN_VERSION = 1;

/**
 * A duration or a distance of times in nanoseconds, as a whole number. It is exact up to 2^53 (104 days), and the
 * nearest double beyond.
 */
export type Nanoseconds = number;

/**
 * One finished run as plain JSON: a run of a specification, or one query of a program that uses the database directly.
 *
 * A field that was not measured is absent, and never 0. Lists are flat and refer to their entries by id, so that a plan
 * or a trace of any depth is written and read without recursion. The texts are those of the source: the texts of spans
 * are redacted, while those of an engine report or a profile include literals unless its reader was given a redaction.
 */
export interface Run {
  readonly version: typeof RUN_VERSION;
  /** Unique among the runs of a program: trace id and span id of a traced run, else the id in its source. */
  readonly id: string;
  /** What the run was read from. */
  readonly source: RunSource;
  /**
   * `run`: a run of a specification by the engine; `query`: one query of a program; `parts`: the Planscope spans of a
   * trace without either, such as those of an object store or of an instrumentation that is used alone; `trace`: all
   * spans of a trace together, those of the program included.
   */
  readonly kind: 'run' | 'query' | 'parts' | 'trace';
  /** Name of the span, or a summary of the query. */
  readonly name: string;
  readonly identity: RunIdentity;
  /** Absent if the source has no time of day, such as a profile. */
  readonly start?: UnixNanoseconds;
  readonly duration?: Nanoseconds;
  /** Origin of `start` and `duration`. */
  readonly basis?: TimingBasis;
  /** Absent if the source does not tell, for example because the span of the run itself is missing. */
  readonly status?: ExecutionStatus;
  readonly error?: RunError;
  /** True if its numbers were taken before its end, or only its totals or a part of its spans were kept; see `gaps`. */
  readonly partial: boolean;
  /** Why the model is incomplete or was repaired; empty if it is complete. */
  readonly gaps: readonly Gap[];
  /** The program that ran it. */
  readonly service?: string;
  /** Attributes of the process, such as `service.name`. */
  readonly resource: AttributeValues;
  /** For whom it ran, as the program said. */
  readonly tenant?: string;
  /** The labels that the program gave it, by name; absent if there are none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The program's own fields, such as the name of a job. */
  readonly fields: AttributeValues;
  /** What was traced. */
  readonly tracing: TracingSettings;
  /** The spans of the program around the run, from the outermost; empty for a root. */
  readonly callers: readonly Caller[];
  /** The queries that engines executed; a run of a specification may have several, or none. */
  readonly queries: readonly Query[];
  readonly totals: Totals;
  /** The warnings of the run, its queries and operators. */
  readonly warnings: readonly Warning[];
  /** The steps before and of planning, for each planner in order. */
  readonly phases: readonly Phase[];
  /** The operators that were executed, consumers before their inputs. */
  readonly operators: readonly Operator[];
  /** The stages of a distributed engine, producers before their consumers. */
  readonly stages: readonly Stage[];
  /** Reads, writes and other calls of object stores and files, in order of their start. */
  readonly calls: readonly StorageCall[];
  /** The same, added up for each file or object; those with most bytes first. */
  readonly files: readonly FileActivity[];
  /** The spans of the run in the order of a waterfall: parents before children, and siblings by start. */
  readonly spans: readonly Span[];
}

/** `spans`: a trace; `report`: the report of an engine, or a profile that was converted to one; `result`: a `RunResult`. */
export type RunSource = 'spans' | 'report' | 'result';

/** What makes runs comparable, and where their trace is. Hashes are in hexadecimal. */
export interface RunIdentity {
  /** 32 hexadecimal digits. */
  readonly traceId?: string;
  /** Span of the run, 16 hexadecimal digits. */
  readonly spanId?: string;
  /** Id of a run of the engine. */
  readonly runId?: string;
  /** SHA-256 of the specification. */
  readonly specHash?: string;
  /** SHA-256 of engine version, settings and inputs. */
  readonly envelopeHash?: string;
  readonly rulepackFingerprint?: string;
  /** Name of the rulepack profile. */
  readonly profile?: string;
  /** SHA-256 of the optimized plan of the specification. */
  readonly planFingerprint?: string;
  /** Hash of the operators that were executed: their names, order and descriptions without numbers and literals. */
  readonly executedPlanFingerprint?: string;
}

/** Why a run, query, operator, phase, task or call failed, with the texts of its span. */
export interface RunError {
  /** Class or code of the error, `error.type`. */
  readonly type?: string;
  /** The message that the span kept, which may be redacted. */
  readonly message?: string;
  /** The engine's code, for example `DIVISION_BY_ZERO`. */
  readonly code?: string;
  /** The engine's class of such errors, for example `USER_ERROR`. */
  readonly engineType?: string;
}

/** Something that is missing from a run, or that its reader had to repair. */
export interface Gap {
  readonly code: GapCode;
  /** Number of spans, or of entries, that it is about. */
  readonly count: number;
}

/**
 * - `root-missing`: the span of the run itself is missing.
 * - `parent-missing`: spans whose parent is missing; they are below the run.
 * - `parent-cycle`: spans whose parents form a cycle; they are below the run.
 * - `duplicate-span`: spans with an id that another has; the first is kept.
 * - `end-before-start`: spans that end before they start; their duration is 0.
 * - `span-budget`: spans that the program dropped, because the span budget was used up.
 * - `too-many-spans`: spans that the reader dropped, because of its own limit.
 * - `late-spans`: spans that came after the run had been read.
 * - `summary-only`: the program kept only the totals of a fast query.
 * - `measured-early`: numbers that an engine gave before it finished.
 * - `io-unlogged`: scans whose reads the engine does not log, so that the bytes read are unknown.
 */
export type GapCode =
  | 'root-missing'
  | 'parent-missing'
  | 'parent-cycle'
  | 'duplicate-span'
  | 'end-before-start'
  | 'span-budget'
  | 'too-many-spans'
  | 'late-spans'
  | 'summary-only'
  | 'measured-early'
  | 'io-unlogged';

/** A value of an attribute. An integer beyond 2^53 is a decimal string, and bytes are base64. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/** Attributes by key, in the order of the source. A key may be any text, also `__proto__` as an own property. */
export type AttributeValues = Readonly<Record<string, AttributeValue>>;

/** The settings of the run's tracing that tell what may be missing; absent if the span has none. */
export interface TracingSettings {
  readonly preset?: string;
  /** `disabled`, `phase-only` or `full`. */
  readonly ruleMode?: string;
  /** `off`, `on` or `per-rule`. */
  readonly planDiff?: string;
  /** Maximum rows of a preview; 0 if previews were off. */
  readonly previewLimit?: number;
}

/** A span around the run. */
export interface Caller {
  readonly spanId: string;
  readonly name: string;
  /** Absent on spans of other libraries. */
  readonly planscopeKind?: SpanKindName;
}

/** One query that an engine executed. */
export interface Query {
  /** Unique in the run: its span id, or the engine's id. */
  readonly id: string;
  readonly spanId?: string;
  /** The operator of the specification's plan that ran it; absent for a query of a program. */
  readonly operatorId?: string;
  /** `db.system.name`, for example `duckdb`. */
  readonly system?: string;
  /** Version of the engine. */
  readonly version?: string;
  readonly text?: string;
  /** Low-cardinality summary, for example `SELECT flights airports`. */
  readonly summary?: string;
  /** Kind of statement in upper case. */
  readonly operation?: string;
  /** Number of statements in the text, if it has several. */
  readonly statements?: number;
  /** Values of parameters by name or index; only if the program recorded them. */
  readonly parameters: AttributeValues;
  /** Where the program made it; only if the program recorded it. */
  readonly callSite?: CallSite;
  /** Rows that the caller got. */
  readonly returnedRows?: number;
  readonly timing: Timing;
  readonly status?: ExecutionStatus;
  readonly error?: RunError;
  readonly partial: boolean;
  /** Compute time of its operators, summed over threads. */
  readonly compute?: Nanoseconds;
  /** All metrics of the query by name. */
  readonly metrics: Metrics;
  /** Hash of the operators that were executed, see {@link RunIdentity.executedPlanFingerprint}. */
  readonly executedPlanFingerprint?: string;
}

/** A place in the code of the program. */
export interface CallSite {
  readonly file?: string;
  readonly function?: string;
  readonly line?: number;
}

/** The times of a part of a run. Any basis but `measured` tells what is not known. */
export interface Timing {
  readonly basis: TimingBasis;
  /** After the start of the run; absent without a window. Negative if the part began before the run. */
  readonly start?: Nanoseconds;
  /**
   * Length of the window. With the basis `execution_window` the part ran at some time in the window, so its length tells
   * nothing about the part.
   */
  readonly duration?: Nanoseconds;
  /** The duration that the engine reported, if it differs from the window. */
  readonly reportedDuration?: Nanoseconds;
  /** True if the reported times were outside of the parent and were moved to its edge. */
  readonly clamped?: true;
}

/**
 * Where a number comes from: `counted`, from rows or files in the process; `io_log`, summed from the single reads and
 * writes that an engine logged; `profile`, from the engine's profiler; `settings`, from the settings of the engine.
 */
export type MetricSource = 'counted' | 'io_log' | 'profile' | 'settings';

/** One number with its unit and its source. */
export interface Metric {
  /** A whole number beyond 2^53 is rounded to the nearest double. */
  readonly value: number;
  /** UCUM unit: `ns`, `By`, `{row}`, `1` for a ratio; absent for a name that no registry has. */
  readonly unit?: string;
  readonly type?: MetricType;
  readonly source: MetricSource;
}

/** Metrics by name, without the prefix of their attributes: `output_rows`. */
export type Metrics = Readonly<Record<string, Metric>>;

/**
 * The numbers of the whole run, each with its source. A number that was not measured, or of which a part is missing, is
 * absent.
 */
export interface Totals {
  /** Rows of the outputs. */
  readonly outputRows?: Metric;
  /** Bytes of the rows in the outputs, in memory. */
  readonly outputBytes?: Metric;
  /** Rows that scans of tables and files returned. */
  readonly scannedRows?: Metric;
  /** Compute time in ns, summed over operators and threads; may exceed the duration. */
  readonly compute?: Metric;
  /** Duration of all planning in ns. */
  readonly planning?: Metric;
  /** Time in ns before planning: queues, machines, connections and threads. */
  readonly waiting?: Metric;
  /** Bytes that engines read from files, local copies of remote objects included. */
  readonly bytesRead?: Metric;
  /** Bytes that engines wrote to files. */
  readonly bytesWritten?: Metric;
  /** Number of reads that make up `bytesRead`. */
  readonly readRequests?: Metric;
  /** Bytes fetched from object stores by the program itself. */
  readonly storeBytesRead?: Metric;
  /** Bytes that the program itself wrote to object stores. */
  readonly storeBytesWritten?: Metric;
  /** Bytes of remote objects that were already on the machine; not part of the bytes read. */
  readonly bytesFromCache?: Metric;
  /** HTTP requests of the engine, retries and failures included. */
  readonly httpRequests?: Metric;
  readonly httpRetries?: Metric;
  readonly httpFailures?: Metric;
  /** Peak memory in bytes. */
  readonly peakMemory?: Metric;
  /** Bytes spilled to disk. */
  readonly spilledBytes?: Metric;
  /** Peak size of temporary files in bytes, where the engine does not tell the spilled bytes of operators. */
  readonly peakTemporaryStorage?: Metric;
}

/** One warning that was raised while the run was traced. */
export interface Warning {
  /** A code of the registry, for example `cardinality-misestimated`. */
  readonly code: string;
  /** Absent if the source keeps only codes, as spans do. */
  readonly message?: string;
  /** How many of this code; absent if the source tells only their total. */
  readonly count?: number;
  /** Where it was raised; absent for the run itself. */
  readonly operatorId?: string;
  readonly queryId?: string;
}

/** One phase of a planner, or a step before planning. */
export interface Phase {
  /** Unique in the run. */
  readonly id: string;
  readonly spanId?: string;
  readonly name: PlanningPhase | QueuePhase | (string & Record<never, never>);
  /** `spec` for the specification, else the name of the engine. */
  readonly planner?: string;
  /** The engine's own name of the step, for example `planner_binding`. */
  readonly step?: string;
  /** Number of the pass of logical optimization, from 1. */
  readonly pass?: number;
  /** The query that was planned; absent for the planner of a specification. */
  readonly queryId?: string;
  readonly timing: Timing;
  readonly error?: RunError;
  readonly rules: readonly Rule[];
  /** Names of the rules that changed the plan, in order. */
  readonly effectiveRules: readonly string[];
  /** The logical plan after the phase, one line for each node. */
  readonly logicalPlan?: string;
  /** The physical plan after the phase, one line for each node. */
  readonly physicalPlan?: string;
  readonly planDiff?: PlanDiff;
}

/** One rule of a planner, with all its calls if the engine adds them up. */
export interface Rule {
  readonly spanId?: string;
  readonly name: string;
  readonly step?: string;
  readonly timing: Timing;
  /** Whether it changed the plan; absent if unknown. */
  readonly changed?: boolean;
  /** Number of calls. */
  readonly invocations?: number;
  /** Number of calls that changed the plan. */
  readonly applied?: number;
  /** True if its failure does not fail the phase. */
  readonly mayFail?: true;
  readonly error?: RunError;
  readonly planDiff?: PlanDiff;
}

/** How a phase or rule changed the plan. */
export interface PlanDiff {
  /** Unified diff; absent if it is unavailable. */
  readonly text?: string;
  /** `observed`, `reported`, `ablation` or `unavailable`. */
  readonly basis?: string;
  readonly unavailableReason?: string;
}

/**
 * What an operator does, from the fields of its description, else from words in its name; `other` if neither tells.
 * `node` is a step of the specification's plan that moves data or runs an engine.
 */
export type OperatorKind =
  | 'scan'
  | 'filter'
  | 'projection'
  | 'join'
  | 'aggregate'
  | 'sort'
  | 'limit'
  | 'union'
  | 'window'
  | 'exchange'
  | 'write'
  | 'node'
  | 'other';

/** One execution of a physical operator, with all its partitions. */
export interface Operator {
  /** Unique in the run: its span id, or its id in the report. */
  readonly id: string;
  readonly spanId?: string;
  /** Id of the operator in the engine's report. */
  readonly reportId?: string;
  readonly name: string;
  readonly kind: OperatorKind;
  /** `node` for a node of the specification's plan, which was measured live; `engine` for one that an engine reported. */
  readonly origin: 'node' | 'engine';
  /** The operator that reads its output, or the node that ran its engine; absent at the top. */
  readonly parentId?: string;
  /**
   * The operators whose output it reads, in order: those below it, and shared ones that are below another operator. The
   * operators of an engine are not inputs of the node that ran it.
   */
  readonly inputIds: readonly string[];
  /** The query it belongs to; absent for a node of the specification's plan. */
  readonly queryId?: string;
  readonly stageId?: string;
  /** The stages whose output it reads. */
  readonly inputStageIds: readonly string[];
  /** One line that starts with its name. */
  readonly description?: string;
  /** The fields of the description, in order: `table`, `files`, `filter`, `join_keys` and those of the engine. */
  readonly fields: readonly OperatorField[];
  /** The engine's own attributes, such as `duckdb.scan.type`. */
  readonly details: AttributeValues;
  readonly timing: Timing;
  readonly status?: ExecutionStatus;
  readonly error?: RunError;
  /** True if its numbers were taken before its end, so that they can be too small. */
  readonly partial: boolean;
  /** Rows in its output. */
  readonly rows?: number;
  /** Rows that the planner estimated. */
  readonly estimatedRows?: number;
  /** Compute time without its inputs, summed over threads. */
  readonly compute?: Nanoseconds;
  /** Share of the compute time of its query, from 0 to 1. */
  readonly computeShare?: number;
  /** Bytes of the rows in its output, in memory. */
  readonly outputBytes?: number;
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  /** Peak memory in bytes. */
  readonly peakMemory?: number;
  /** Bytes spilled to disk. */
  readonly spilledBytes?: number;
  /** Fraction of its input rows that it kept, from 0 to 1; absent if it is no filter or a limit may have stopped it. */
  readonly selectivity?: number;
  /** All metrics by name, those above included. */
  readonly metrics: Metrics;
  readonly preview?: Preview;
  /** Codes of its warnings. */
  readonly warningCodes: readonly string[];
}

/** One field of the description of an operator. */
export interface OperatorField {
  /** For example `filter`; `detail` for a text without a key. */
  readonly key: string;
  /**
   * One text, or a list. In a description of one line, a list is a text in brackets, whose entries are split at commas
   * outside of brackets and quotes.
   */
  readonly text: string | readonly string[];
}

/** The first rows of an output as a text table. */
export interface Preview {
  readonly text: string;
  readonly rows?: number;
}

/** One part of a plan that ran on several machines. */
export interface Stage {
  /** Unique in the run. */
  readonly id: string;
  readonly spanId?: string;
  readonly queryId?: string;
  /** The stages that read its output; empty at the top. */
  readonly parentIds: readonly string[];
  readonly timing: Timing;
  readonly status?: ExecutionStatus;
  readonly error?: RunError;
  readonly partial: boolean;
  readonly metrics: Metrics;
  /** Number of tasks, counting each attempt. */
  readonly taskCount?: number;
  readonly failedTaskCount?: number;
  /** The tasks that were kept: all of a report, the failed and slowest ones of a trace. */
  readonly tasks: readonly Task[];
  /** Distribution of numbers over its tasks by name, `duration` in ns included; without failed tasks. */
  readonly spread: Readonly<Record<string, Spread>>;
}

/** One attempt at the work of a stage on one machine. */
export interface Task {
  readonly id: string;
  readonly spanId?: string;
  /** From 0. */
  readonly attempt: number;
  readonly host?: string;
  readonly timing: Timing;
  readonly status?: ExecutionStatus;
  readonly error?: RunError;
  readonly partial: boolean;
  readonly metrics: Metrics;
}

/** The distribution of one number over the tasks of a stage. */
export interface Spread {
  /** UCUM unit; absent for a name that no registry has. */
  readonly unit?: string;
  readonly least?: number;
  /** The value at position ⌈n/2⌉ in ascending order. */
  readonly median?: number;
  readonly most?: number;
}

/** One call of an object store, or the reads or writes of one file that an engine reported together. */
export interface StorageCall {
  /** Unique in the run. */
  readonly id: string;
  readonly spanId?: string;
  /** `program` for a live call of the program's own stores; `engine` for what an engine reported. */
  readonly origin: 'program' | 'engine';
  /** Name of the store, for example `file`. */
  readonly store?: string;
  /** Operation, for example `get_ranges` or `put`. */
  readonly operation: string;
  /** `other` for calls without content, such as `head`, `list` and `delete`. */
  readonly direction: 'read' | 'write' | 'other';
  /** Path or URL, complete: the base of the store and the path in it. Absent for a call without one. */
  readonly location?: string;
  /** Bytes read or written; absent if they are unknown. */
  readonly bytes?: number;
  /** Number of requests in this entry. */
  readonly requests: number;
  /** Attempts by the SDK of the store, including the first. */
  readonly attempts?: number;
  /** Requested byte ranges with exclusive ends, if they were kept. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
  /** True if the list of ranges was truncated. */
  readonly rangesTruncated?: true;
  readonly timing: Timing;
  /** From the start to the first byte of the body. */
  readonly timeToFirstByte?: Nanoseconds;
  readonly http?: HttpRequest;
  readonly error?: RunError;
  /** True if the server asked to slow down: status 429 or 503. */
  readonly throttled?: true;
  /** False if the body was not read to its end. */
  readonly bodyComplete?: boolean;
  /** Objects that were listed or deleted. */
  readonly objects?: number;
  /** The operator that it was for, if known. */
  readonly operatorId?: string;
  readonly queryId?: string;
}

/** An HTTP request of an engine, or what several have in common. */
export interface HttpRequest {
  readonly method?: string;
  readonly host?: string;
  readonly port?: number;
  /** Absent if no response came. */
  readonly status?: number;
  /** Which repetition of the same request it is, from 1; absent for the first try. */
  readonly resend?: number;
}

/** The calls for one file or object, added up. */
export interface FileActivity {
  readonly location: string;
  /** Names of the stores and engines that accessed it, sorted. */
  readonly stores: readonly string[];
  /** Size in bytes, if a call told it. */
  readonly size?: number;
  /** Bytes that engines and the program read; the same bytes count each time. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly requests: number;
  /** Requests that repeat one that failed. */
  readonly retries: number;
  /** Responses that asked to slow down. */
  readonly throttled: number;
  /** Calls and requests that failed. */
  readonly failures: number;
  /** The operators that accessed it, if known. */
  readonly operatorIds: readonly string[];
  /** Ids of its calls. */
  readonly callIds: readonly string[];
}

/** One span of the trace. */
export interface Span {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Absent on the span of the run itself; a span without its parent has that span as parent. */
  readonly parentId?: string;
  /** 0 for the span of the run. */
  readonly depth: number;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Absent on spans of other libraries. */
  readonly planscopeKind?: SpanKindName;
  /** After the start of the run; negative if it began before. */
  readonly start: Nanoseconds;
  readonly duration: Nanoseconds;
  readonly status: 'unset' | 'ok' | 'error';
  readonly statusMessage?: string;
  readonly attributes: AttributeValues;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** The tracer that created it. */
  readonly scope: { readonly name: string; readonly version?: string };
}

/** Something that happened at one time within a span, such as an exception. */
export interface SpanEvent {
  readonly name: string;
  /** After the start of the run. */
  readonly time: Nanoseconds;
  readonly attributes: AttributeValues;
}

/** A link from a span to another. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: AttributeValues;
}
