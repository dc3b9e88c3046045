import type { Context } from '@opentelemetry/api';
import type { ExecutionStatus, RunWarning } from '@planscope/plan';
import type { TraceMetricsSummary } from '../summary/trace-metrics-summary.ts';

/** What is known of a run when it has ended. */
export interface FinishedRun {
  /** The database system, lower case, for example `duckdb`. */
  readonly system: string;
  /** What was run, from a short list: a kind of statement, or the name of a job; never a text. */
  readonly operation: string;
  readonly status: ExecutionStatus;
  /** Class of the error; only where the status is `error`. */
  readonly errorType?: string;
  /** In milliseconds. */
  readonly duration: number;
  readonly summary: TraceMetricsSummary;
  readonly warnings?: readonly RunWarning[];
  /** Spans that were not made because the budget was used up; default 0. */
  readonly spansDropped?: number;
  /** Context with the span of the run, so that an SDK that keeps exemplars can point to its trace. */
  readonly otelContext?: Context;
}
