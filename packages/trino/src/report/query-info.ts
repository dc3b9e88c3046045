import type { SpreadReport, TimeWindow, UnixNanoseconds } from '@planscope/plan/report';

/**
 * What Trino reports of one query (`GET /v1/query/{id}`), in one form for all versions. Instants, bytes and rows are
 * exact. Durations are in nanoseconds and come from texts that Trino rounds to hundredths of a unit ("1.36m"). A field is
 * absent if the report does not have it.
 */
export interface TrinoQueryInfo {
  readonly queryId: string;
  /** Trino's state: `QUEUED` to `FINISHED` or `FAILED`. */
  readonly state: string;
  /** Whether the numbers change no more. Before that, operators and tasks can be missing. */
  readonly isFinal: boolean;
  /** Version of the coordinator; empty if unknown. */
  readonly version: string;
  /** SQL, with its literals. */
  readonly query?: string;
  /** Kind of statement, for example `SELECT`. */
  readonly queryType?: string;
  readonly error?: TrinoError;
  /** Trino's own span of the query, as W3C trace context. */
  readonly traceparent?: string;
  readonly stats: TrinoQueryStats;
  readonly rules: readonly TrinoRule[];
  /** The top one first; absent if the query was not planned, or the form of its stages is unknown. */
  readonly stages?: readonly TrinoStage[];
  readonly inputs: readonly TrinoInput[];
  /** Parts of the report in a form that this reader does not know, for example `stages`; they are left out. */
  readonly unknown: readonly string[];
}

/** Why a query failed. */
export interface TrinoError {
  /** For example `DIVISION_BY_ZERO`. */
  readonly name: string;
  /** For example `USER_ERROR`. */
  readonly type?: string;
  /** Text of the error, with data in it. */
  readonly message?: string;
}

/** Times and totals of a query. Durations are rounded, in nanoseconds. */
export interface TrinoQueryStats {
  readonly created?: UnixNanoseconds;
  /** When planning started. */
  readonly executionStarted?: UnixNanoseconds;
  readonly ended?: UnixNanoseconds;
  readonly elapsed?: number;
  readonly queued?: number;
  readonly resourceWaiting?: number;
  readonly dispatching?: number;
  readonly analysis?: number;
  /** Without the analysis. */
  readonly planning?: number;
  readonly totals: TrinoTotals;
}

/** Sums over a query, a stage or a task. Durations are rounded, in nanoseconds. */
export interface TrinoTotals {
  readonly outputRows?: number;
  readonly outputBytes?: number;
  readonly cpu?: number;
  readonly scheduled?: number;
  readonly blocked?: number;
  readonly inputBlocked?: number;
  readonly physicalInputBytes?: number;
  readonly physicalInputRows?: number;
  readonly physicalInputReadTime?: number;
  readonly networkInputBytes?: number;
  readonly writtenBytes?: number;
  readonly peakMemoryBytes?: number;
  readonly spilledBytes?: number;
}

/** One rule of the optimizer. Trino reports the ten that took longest, without plans. */
export interface TrinoRule {
  /** Name of its class. */
  readonly rule: string;
  readonly invocations: number;
  readonly applied: number;
  /** In nanoseconds, exact. */
  readonly totalTime: number;
}

/** One stage: a fragment of the plan, and its tasks. */
export interface TrinoStage {
  /** Number of the stage in the query, for example `2`. */
  readonly id: string;
  readonly state: string;
  readonly totals: TrinoTotals;
  /** The fragment's plan; absent if it is missing or unreadable. */
  readonly plan?: TrinoPlanNode;
  /** Numbers of the operators over all tasks. */
  readonly operators: readonly TrinoOperator[];
  /** Of more than 64 tasks, those that failed first, and then the slowest; the others are counted. */
  readonly tasks: readonly TrinoTask[];
  /** Number of the tasks that are not in `tasks`, and of those of them that failed. */
  readonly others?: { readonly count: number; readonly failed: number };
  /** Distributions over all tasks, if not all of them are kept. */
  readonly spread?: readonly SpreadReport[];
  /** From the creation of the first task to the end of the last one. */
  readonly window?: TimeWindow;
  /** Whether all tasks were created and have ended. */
  readonly hasEnded: boolean;
  /** When the pipelines of each node of the plan ran, over all tasks. A node that still runs has none. */
  readonly nodeWindows: ReadonlyMap<string, TimeWindow>;
  /** The stages that this stage reads. */
  readonly inputs: readonly string[];
}

/** A node of a fragment's plan, with data in its texts. */
export interface TrinoPlanNode {
  readonly id: string;
  readonly name: string;
  readonly descriptor: Readonly<Record<string, string>>;
  readonly details: readonly string[];
  /** Expected rows; absent if Trino had no estimate. */
  readonly estimatedRows?: number;
  readonly children: readonly TrinoPlanNode[];
}

/** The numbers of one operator of one pipeline. Several belong to one node of the plan. */
export interface TrinoOperator {
  readonly planNodeId: string;
  readonly pipelineId: number;
  readonly operatorId: number;
  /** For example `ScanFilterAndProjectOperator`. */
  readonly type: string;
  /** The node of the plan that names the table, for a scan. */
  readonly sourceId?: string;
  readonly outputRows: number;
  readonly outputBytes?: number;
  /** CPU time, rounded, in nanoseconds. */
  readonly compute?: number;
  /** Time on a thread, rounded, in nanoseconds. */
  readonly scheduled?: number;
  readonly blocked?: number;
  /** Of the driver that had the most. */
  readonly peakMemoryBytes?: number;
  readonly spilledBytes?: number;
  readonly physicalInputBytes?: number;
  readonly physicalInputRows?: number;
  readonly physicalInputReadTime?: number;
  readonly networkInputBytes?: number;
  readonly writtenBytes?: number;
}

/** One attempt at a part of a stage, on one machine. */
export interface TrinoTask {
  /** Number of the task in its stage, and of the attempt. */
  readonly id: string;
  readonly attempt: number;
  readonly state: string;
  /** Name of the node. */
  readonly node?: string;
  readonly error?: TrinoError;
  readonly created?: UnixNanoseconds;
  readonly firstStarted?: UnixNanoseconds;
  readonly lastEnded?: UnixNanoseconds;
  readonly ended?: UnixNanoseconds;
  /** Rounded, in nanoseconds; until now if the task still runs. */
  readonly elapsed?: number;
  readonly totals: TrinoTotals;
  readonly pipelines: readonly TrinoPipeline[];
}

/** When one pipeline of a task ran, and the nodes of the plan in it. */
export interface TrinoPipeline {
  readonly pipelineId: number;
  readonly firstStarted?: UnixNanoseconds;
  readonly lastEnded?: UnixNanoseconds;
  readonly planNodeIds: readonly string[];
}

/** A table that the query reads. */
export interface TrinoInput {
  readonly connector?: string;
  readonly catalog?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly planNodeId?: string;
}
