import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { describeError } from '@planscope/redaction';
import { ATTR_ERROR_TYPE } from '@planscope/semconv';
import type { PlanningRedaction } from './planning-options.ts';

/** Says on a span what failed; the error itself is left as it is. */
export function recordFailure(span: Span, error: unknown, messages: Required<PlanningRedaction>['errors']): void {
  const { type, message, stacktrace } = describeError(error, { messages });
  span.setAttribute(ATTR_ERROR_TYPE, type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.recordException({ name: type, message, ...(stacktrace === undefined ? {} : { stack: stacktrace }) });
}
