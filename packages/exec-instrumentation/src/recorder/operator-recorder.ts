import type { Span } from '@opentelemetry/api';
import type {
  Batch,
  EngineReport,
  ExecutionPlan,
  ExecutionStatus,
  MetricsSet,
  RunWarning,
  TimeWindow,
} from '@planscope/plan';

/** One finished execution of an operator, all its partitions together. */
export interface FinishedOperator {
  readonly node: ExecutionPlan<Batch>;
  /** The node in one line, fit for a span; made when first asked for. */
  readonly describe: () => string;
  readonly status: ExecutionStatus;
  /** What was thrown, where the status is `error`. */
  readonly error: unknown;
  /** From the first `execute` to the end of the last stream. */
  readonly window: TimeWindow;
  readonly metrics: MetricsSet;
  readonly reports: readonly EngineReport[];
  /** What the node itself warned of. */
  readonly warnings: readonly RunWarning[];
}

/** Puts one thing about an operator on its span. Made anew for each execution, and only where the span records. */
export interface OperatorRecorder {
  readonly name: string;
  onBatch?(batch: Batch): void;
  onEnd(operator: FinishedOperator, span: Span): void;
}

/** Warns of something that could not be recorded: by which recorder, and what happened, with no data of the user. */
export type RecorderWarning = (recorder: string, what: string) => void;

export type OperatorRecorderFactory = (warn: RecorderWarning) => OperatorRecorder;
