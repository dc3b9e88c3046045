import { type Span, SpanStatusCode, type TimeInput } from '@opentelemetry/api';
import { toHrTime } from '@planscope/plan';
import { describeError, truncateText } from '@planscope/redaction';
import { ATTR_ERROR_TYPE, ATTR_RUN_STATUS } from '@planscope/semconv';
import type { OperatorSpanSettings } from '../operator-span-settings.ts';
import type { OperatorRecorderFactory } from './operator-recorder.ts';

type FailureSettings = Pick<OperatorSpanSettings, 'redaction' | 'dialect' | 'maxTextBytes'>;

/** Records how the operator ended; of an error its class, and its texts without the data they may carry. */
export function statusRecorder(settings: FailureSettings): OperatorRecorderFactory {
  return () => ({
    name: 'status',
    onEnd: ({ status, error, window, reports }, span) => {
      span.setAttribute(ATTR_RUN_STATUS, status);
      if (status !== 'error') return;
      const identifiers = reports.flatMap((report) => report.identifiers ?? []);
      recordFailure(span, error, settings, { identifiers, at: toHrTime(window.end) });
    },
  });
}

/**
 * Records an error on the span of what failed: its class, and its texts without the data they may carry.
 *
 * @param more the names that the query is known to write, and when it failed; default none, and now
 */
export function recordFailure(
  span: Span,
  error: unknown,
  { redaction, dialect, maxTextBytes }: FailureSettings,
  { identifiers = [], at }: { readonly identifiers?: readonly string[]; readonly at?: TimeInput } = {},
): void {
  const messages = redaction.errorMessages === 'keep' ? 'raw' : 'known-templates';
  const described = describeError(error, { messages, dialect, identifiers });
  const message = truncateText(described.message, maxTextBytes);
  span.setAttribute(ATTR_ERROR_TYPE, described.type).setStatus({ code: SpanStatusCode.ERROR, message });
  const stack = described.stacktrace === undefined ? {} : { stack: truncateText(described.stacktrace, maxTextBytes) };
  span.recordException({ name: described.type, message, ...stack }, at);
}
