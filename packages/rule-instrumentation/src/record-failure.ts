import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { describeError } from '@planscope/redaction';
import { ATTR_ERROR_TYPE } from '@planscope/semconv';
import type { PlanningSettings } from './planning-options.ts';

/** Says on a span what failed; the error itself is left as it is. */
export function recordFailure(span: Span, error: unknown, { redaction, dialect }: PlanningSettings): void {
  const { type, message, stacktrace } = describeError(error, { messages: redaction.errors, dialect });
  span.setAttribute(ATTR_ERROR_TYPE, type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.recordException({ name: type, message, ...(stacktrace === undefined ? {} : { stack: stacktrace }) });
}
