import type { AttributeValue, TracerProvider } from '@opentelemetry/api';
import type { OperatorReportOptions } from '@planscope/exec-instrumentation';
import type { WarningSink } from '@planscope/plan';
import type { PlanningTraceOptions } from '@planscope/rule-instrumentation';
import type { WarningThresholds } from '../warnings/warning-thresholds.ts';

/** How the queries of a program's own connection are traced. */
export interface TraceConnectionOptions {
  /** Default the global provider. */
  readonly tracerProvider?: TracerProvider;
  /**
   * Take DuckDB's profile of each query, for its planner and operators; default true. It is left alone while the program
   * profiles for itself.
   */
  readonly profile?: boolean;
  /** How the planner is drawn. */
  readonly planning?: PlanningTraceOptions;
  /** How operators are drawn, and the redaction of texts and errors. */
  readonly operators?: OperatorReportOptions;
  /**
   * What happens when DuckDB breaks a stream off without an error: its span says so and a warning is raised; with `throw`
   * the fetch that finds it out throws, too. Default `warn`.
   */
  readonly onLostError?: 'warn' | 'throw';
  /** From when on something in a profile is worth a warning; false for never. */
  readonly warnings?: Partial<WarningThresholds> | false;
  /** Takes warnings; default OpenTelemetry's diagnostic logger. */
  readonly warn?: WarningSink;
  /** Most spans of one query; what goes over is counted on its span; default 1000. */
  readonly maxSpans?: number;
  /** Fields that stand on every query span. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
  /** Folder for profiles; default `/dev/shm` where there is one, else the system's. */
  readonly temporaryFolder?: string;
}

/** Settings of the calls within `withQueryOptions`. */
export interface QueryOptions {
  /** Neither traced nor profiled; default false. */
  readonly skip?: boolean;
  /** Take the profile; default as the connection has it. */
  readonly profile?: boolean;
  /** Fields of these queries, over those of the connection. */
  readonly customFields?: Readonly<Record<string, AttributeValue>>;
}
