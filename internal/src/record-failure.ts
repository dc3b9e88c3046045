import { type Span, SpanStatusCode, type TimeInput } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@planscope/semconv';

/** What a span says about an error; the texts are already redacted. */
interface Failure {
  /** Class of the error. */
  readonly type: string;
  readonly message: string;
  readonly stacktrace?: string;
}

/**
 * Records on a span that its work failed: `error.type`, the status, and an exception event.
 *
 * @param details.errorType value of `error.type`, if the class of the error is not its best name; default the class
 * @param details.time when it failed; default now
 */
export function recordFailure(
  span: Span,
  { type, message, stacktrace }: Failure,
  { errorType = type, time }: { readonly errorType?: string; readonly time?: TimeInput | undefined } = {},
): void {
  span.setAttribute(ATTR_ERROR_TYPE, errorType).setStatus({ code: SpanStatusCode.ERROR, message });
  span.recordException({ name: type, message, ...(stacktrace === undefined ? {} : { stack: stacktrace }) }, time);
}
