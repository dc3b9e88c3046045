import { type Context, diag, ROOT_CONTEXT, type Span, SpanStatusCode, type TimeInput, trace } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from '@planscope/semconv';

/** What a span says about an error; the texts are already redacted. */
interface Failure {
  /** Class of the error. */
  readonly type: string;
  readonly message: string;
  readonly stacktrace?: string;
}

interface FailureDetails {
  /** Value of `error.type`, if the class of the error is not its best name; default the class. */
  readonly errorType?: string;
  /** When it failed; default now. */
  readonly time?: TimeInput | undefined;
  /** Name of the log record, if exceptions are log records; default `exception`. */
  readonly eventName?: string;
}

/**
 * Records on a span that its work failed: `error.type`, the status, and the exception. `OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN`
 * says where the exception goes: to a log record (`logs`), to both (`logs/dup`), or to an event of the span (default).
 * Without a logger provider it goes to the span.
 */
export function recordFailure(span: Span, failure: Failure, details: FailureDetails = {}): void {
  const { type, message, stacktrace } = failure;
  span.setAttribute(ATTR_ERROR_TYPE, details.errorType ?? type).setStatus({ code: SpanStatusCode.ERROR, message });
  const signal = exceptionSignal();
  const isLogged = signal !== 'span' && logException(span, failure, details);
  if (isLogged && signal === 'logs') return;
  span.recordException(
    { name: type, message, ...(stacktrace === undefined ? {} : { stack: stacktrace }) },
    details.time,
  );
}

/** Read with each failure: a program may set the variable after its imports. */
function exceptionSignal(): 'span' | 'logs' | 'logs/dup' {
  const { OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: wanted } = process.env;
  return wanted === 'logs' || wanted === 'logs/dup' ? wanted : 'span';
}

/** The part of the Logs API that is used, which the API 1.10 and `@opentelemetry/api-logs` have alike. */
interface LoggerProvider {
  getLogger(name: string, version?: string): { emit(record: LogRecord): void };
}

interface LogRecord {
  readonly eventName: string;
  readonly timestamp?: TimeInput;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly context: Context;
}

/** Severity of an exception that is thrown on to the caller, by the conventions for database clients. */
const WARN = { severityNumber: 13, severityText: 'WARN' };

/** Emits a log record within the span; false if there is no logger provider, or it fails. */
function logException(span: Span, failure: Failure, { time, eventName = 'exception' }: FailureDetails): boolean {
  const provider = loggerProvider();
  if (provider === undefined) {
    sayOnce('no logger provider is registered');
    return false;
  }
  const { name, version } = scopeOf(span);
  try {
    provider.getLogger(name, version).emit({
      eventName,
      ...WARN,
      ...(time !== undefined && { timestamp: time }),
      attributes: {
        [ATTR_EXCEPTION_TYPE]: failure.type,
        [ATTR_EXCEPTION_MESSAGE]: failure.message,
        ...(failure.stacktrace !== undefined && { [ATTR_EXCEPTION_STACKTRACE]: failure.stacktrace }),
      },
      context: trace.setSpan(ROOT_CONTEXT, span),
    });
    return true;
  } catch (error) {
    sayOnce(`the logger provider failed (${String(error)})`);
    return false;
  }
}

/** Where the API keeps what is registered: from 1.10 on the logger provider, too. */
const API = Symbol.for('opentelemetry.js.api.1');
/** Where `@opentelemetry/api-logs`, the Logs API before that, keeps it: a function of the version of the interface. */
const LOGS_API = Symbol.for('io.opentelemetry.js.api.logs');

/** The program's logger provider. It is read where all copies of the API register it, so that no package is needed. */
function loggerProvider(): LoggerProvider | undefined {
  const registered = globalThis as {
    readonly [API]?: { readonly logs?: LoggerProvider };
    readonly [LOGS_API]?: (version: number) => LoggerProvider | undefined;
  };
  return registered[API]?.logs ?? registered[LOGS_API]?.(1);
}

/** The scope of the span, which the spans of the SDK have and those of the API do not. */
function scopeOf(span: Span): { readonly name: string; readonly version?: string } {
  const { instrumentationScope } = span as { readonly instrumentationScope?: { name: string; version?: string } };
  return instrumentationScope ?? { name: 'planscope' };
}

let hasSaid = false;

function sayOnce(reason: string): void {
  if (hasSaid) return;
  hasSaid = true;
  diag.warn(
    `[planscope] OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN asks for log records, but ${reason}; ` +
      'exceptions stay events of their spans',
  );
}
