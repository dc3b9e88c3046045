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

/** One finished execution of an operator, with all its partitions. */
export interface FinishedOperator {
  readonly node: ExecutionPlan<Batch>;
  /** Returns the redacted one-line description of the node, created on the first call. */
  readonly describe: () => string;
  readonly status: ExecutionStatus;
  /** The error, if the status is `error`. */
  readonly error: unknown;
  /** From the first `execute` to the end of the last stream. */
  readonly window: TimeWindow;
  readonly metrics: MetricsSet;
  readonly reports: readonly EngineReport[];
  /** The warnings of the node itself. */
  readonly warnings: readonly RunWarning[];
}

/** Records one aspect of an operator on its span. Created for each execution, but only if the span is recording. */
export interface OperatorRecorder {
  readonly name: string;
  onBatch?(batch: Batch): void;
  onEnd(operator: FinishedOperator, span: Span): void;
}

/** Warns that a recorder could not record something. The text must not contain data of the user. */
export type RecorderWarning = (recorder: string, what: string) => void;

export type OperatorRecorderFactory = (warn: RecorderWarning) => OperatorRecorder;

/** Records the description of the node at its end, because filters may be added while it is running. */
export const nodeRecorder: OperatorRecorderFactory = () => ({
  name: 'node',
  onEnd: ({ describe }, span) => span.setAttribute(ATTR_DATAFUSION_NODE, describe()),
});

/** Records all metrics of the operator, aggregated over its partitions. */
export const metricsRecorder: OperatorRecorderFactory = () => ({
  name: 'metrics',
  onEnd: ({ metrics }, span) => span.setAttributes(metricAttributes(metrics.aggregateByName())),
});

const NAME = 'preview';

/**
 * Records the first rows of all partitions. It reads their cells immediately and keeps no batch.
 *
 * @throws PreviewError if a limit is not a whole number from 0 up
 */
export function previewRecorder(options: PreviewOptions): OperatorRecorderFactory {
  createPreview(options); // throws for invalid limits before any work starts
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

/** Records the status of the operator, and the class and the redacted texts of an error. */
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
 * Records an error on a span: its class and its redacted texts.
 *
 * @param more the names in the text of the query, and the time of the error; default: none, and now
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

/** Records the warnings of the operator. */
export const warningsRecorder: OperatorRecorderFactory = () => ({
  name: 'warnings',
  onEnd: ({ warnings }, span) => span.setAttributes(warningAttributes(warnings)),
});

/** The number of warnings and their codes; empty if there are none. */
export function warningAttributes(warnings: readonly Pick<RunWarning, 'code'>[]): Attributes {
  if (warnings.length === 0) return {};
  const codes = [...new Set(warnings.map(({ code }) => code))].sort();
  return { [ATTR_WARNING_COUNT]: warnings.length, [ATTR_WARNING_CODES]: codes };
}
