import type { Span, TimeInput } from '@opentelemetry/api';
import { recordFailure } from '@planscope/internal/record-failure';
import { toHrTime } from '@planscope/plan';
import { describeError, truncateText } from '@planscope/redaction';
import { ATTR_RUN_STATUS } from '@planscope/semconv';
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
  const messages = redaction.errorMessages === 'keep' ? 'raw' : 'known-templates';
  const { type, message, stacktrace } = describeError(error, { messages, dialect, identifiers });
  const failure = {
    type,
    message: truncateText(message, maxTextBytes),
    ...(stacktrace === undefined ? {} : { stacktrace: truncateText(stacktrace, maxTextBytes) }),
  };
  recordFailure(span, failure, { time });
}
