import type { Attributes, Span, TimeInput } from '@opentelemetry/api';
import { recordFailure } from '@planscope/internal/record-failure';
import {
  type Batch,
  type EngineReport,
  type ExecutionPlan,
  type ExecutionStatus,
  isRecordBatch,
  type MetricsSet,
  type RunWarning,
  type TimeWindow,
  toHrTime,
} from '@planscope/plan';
import { createPreview, type PreviewOptions } from '@planscope/preview';
import { describeError, truncateText } from '@planscope/redaction';
import {
  ATTR_DATAFUSION_NODE,
  ATTR_DATAFUSION_PREVIEW,
  ATTR_DATAFUSION_PREVIEW_ROWS,
  ATTR_RUN_STATUS,
  ATTR_WARNING_CODES,
  ATTR_WARNING_COUNT,
} from '@planscope/semconv';
import { metricAttributes } from '../operator-attributes.ts';
import type { OperatorSpanSettings } from '../operator-span-settings.ts';

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

/** Records what the node is, at its end: filters that were added while it ran are only known then. */
export const nodeRecorder: OperatorRecorderFactory = () => ({
  name: 'node',
  onEnd: ({ describe }, span) => span.setAttribute(ATTR_DATAFUSION_NODE, describe()),
});

/** Records every metric of the operator, aggregated over its partitions. */
export const metricsRecorder: OperatorRecorderFactory = () => ({
  name: 'metrics',
  onEnd: ({ metrics }, span) => span.setAttributes(metricAttributes(metrics.aggregateByName())),
});

const NAME = 'preview';

/**
 * Records the first rows that passed, over all partitions; it takes their cells at once and holds no batch.
 *
 * @throws PreviewError when a bound is no whole number from 0 up
 */
export function previewRecorder(options: PreviewOptions): OperatorRecorderFactory {
  createPreview(options); // bad bounds are refused here, before any work has started
  return (warn) => {
    const onWarning = (message: string): void => {
      options.onWarning?.(message);
      warn(NAME, `met a problem: ${message}`);
    };
    const preview = createPreview({ ...options, onWarning });
    return {
      name: NAME,
      onBatch: (batch) => {
        if (!preview.isFull && isRecordBatch(batch)) preview.add(batch);
      },
      onEnd: (_, span) => {
        const shown = preview.finish();
        if (shown === undefined) return;
        span.setAttributes({ [ATTR_DATAFUSION_PREVIEW]: shown.text, [ATTR_DATAFUSION_PREVIEW_ROWS]: shown.rows });
      },
    };
  };
}

type FailureSettings = Pick<OperatorSpanSettings, 'redaction' | 'dialect' | 'maxTextBytes'>;

/** Records how the operator ended; of an error its class, and its texts without the data they may carry. */
export function statusRecorder(settings: FailureSettings): OperatorRecorderFactory {
  return () => ({
    name: 'status',
    onEnd: ({ status, error, window, reports }, span) => {
      span.setAttribute(ATTR_RUN_STATUS, status);
      if (status !== 'error') return;
      const identifiers = reports.flatMap((report) => report.identifiers ?? []);
      recordError(span, error, settings, { identifiers, time: toHrTime(window.end) });
    },
  });
}

/**
 * Records an error on the span of what failed: its class, and its texts without the data they may carry.
 *
 * @param more the names that the query is known to write, and when it failed; default none, and now
 */
export function recordError(
  span: Span,
  error: unknown,
  { redaction, dialect, maxTextBytes }: FailureSettings,
  { identifiers = [], time }: { readonly identifiers?: readonly string[]; readonly time?: TimeInput } = {},
): void {
  const messages = redaction.errorMessages;
  const { type, message, stacktrace } = describeError(error, { messages, dialect, identifiers });
  const failure = {
    type,
    message: truncateText(message, maxTextBytes),
    ...(stacktrace === undefined ? {} : { stacktrace: truncateText(stacktrace, maxTextBytes) }),
  };
  recordFailure(span, failure, { time });
}

/** Records which warnings the operator raised. */
export const warningsRecorder: OperatorRecorderFactory = () => ({
  name: 'warnings',
  onEnd: ({ warnings }, span) => span.setAttributes(warningAttributes(warnings)),
});

/** How many warnings there are, and their codes; nothing where there are none. */
export function warningAttributes(warnings: readonly Pick<RunWarning, 'code'>[]): Attributes {
  if (warnings.length === 0) return {};
  const codes = [...new Set(warnings.map(({ code }) => code))].sort();
  return { [ATTR_WARNING_COUNT]: warnings.length, [ATTR_WARNING_CODES]: codes };
}
