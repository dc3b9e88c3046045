import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { ResolvedTracing } from '@planscope/config';
import {
  contextClock,
  type ExecutionStatus,
  type RunIdentity,
  type RunWarning,
  toHrTime,
  type UnixClock,
  withContextClock,
} from '@planscope/plan';
import { describeError, type SqlDialect, truncateText } from '@planscope/redaction';
import {
  ATTR_ENVELOPE_HASH,
  ATTR_ERROR_TYPE,
  ATTR_PLAN_FINGERPRINT,
  ATTR_PLAN_REUSED,
  ATTR_RUN_ID,
  ATTR_RUN_STATUS,
  ATTR_SPAN_KIND,
  ATTR_SPANS_DROPPED,
  ATTR_TIMING_BASIS,
  ATTR_TRACE_CUSTOM_FIELDS_JSON,
  ATTR_TRACE_PROFILE,
  ATTR_TRACE_RULE_MODE,
  ATTR_TRACE_RULEPACK,
  ATTR_TRACE_SPEC_HASH,
  ATTR_TRACING_PLAN_DIFF,
  ATTR_TRACING_PRESET,
  ATTR_TRACING_PREVIEW_LIMIT,
  ATTR_WARNING_CODES,
  ATTR_WARNING_COUNT,
  SPAN_EXECUTE,
} from '@planscope/semconv';

type Config = ResolvedTracing['config'];

/** What the texts of a root span follow. */
interface RootTexts {
  readonly config: Config;
  /** The words of the messages of the engine. */
  readonly dialect: SqlDialect;
}

/** The span of a whole run. */
export class RootSpan {
  readonly #span: Span;
  readonly #clock: UnixClock;
  readonly #texts: RootTexts;
  /** Parent context for the other spans of the run. */
  readonly otelContext: Context;

  private constructor(span: Span, clock: UnixClock, parent: Context, texts: RootTexts) {
    this.#span = span;
    this.#clock = clock;
    this.#texts = texts;
    this.otelContext = withContextClock(trace.setSpan(parent, span), clock);
  }

  /** @param parent context of the caller; its span becomes the parent */
  static start(tracer: Tracer, parent: Context, run: RunIdentity, texts: RootTexts): RootSpan {
    const attributes = { ...identityAttributes(run), ...configAttributes(texts.config) };
    const clock = contextClock(parent);
    const startTime = toHrTime(clock());
    const span = tracer.startSpan(SPAN_EXECUTE, { kind: SpanKind.INTERNAL, attributes, startTime }, parent);
    return new RootSpan(span, clock, parent, texts);
  }

  /** In hexadecimal. */
  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  setPlanFingerprint(fingerprint: string): void {
    this.#span.setAttribute(ATTR_PLAN_FINGERPRINT, fingerprint);
  }

  setPlanReused(isReused: boolean): void {
    this.#span.setAttribute(ATTR_PLAN_REUSED, isReused);
  }

  setEnvelopeHash(hash: string): void {
    this.#span.setAttribute(ATTR_ENVELOPE_HASH, hash);
  }

  end(status: ExecutionStatus, warnings: readonly RunWarning[], spansDropped: number, error: unknown): void {
    this.#span.setAttributes({ [ATTR_RUN_STATUS]: status, [ATTR_WARNING_COUNT]: warnings.length });
    if (warnings.length > 0) {
      this.#span.setAttribute(ATTR_WARNING_CODES, [...new Set(warnings.map(({ code }) => code))].sort());
    }
    if (spansDropped > 0) this.#span.setAttribute(ATTR_SPANS_DROPPED, spansDropped);
    if (status === 'error') {
      const { config, dialect } = this.#texts;
      const { privacy, maxAttributeBytes } = config;
      const messages = privacy.errorMessages;
      const { type, message } = describeError(error, { dialect, messages });
      this.#span.setAttribute(ATTR_ERROR_TYPE, type);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: truncateText(message, maxAttributeBytes) });
    }
    this.#span.end(toHrTime(this.#clock()));
  }
}

function identityAttributes(run: RunIdentity): Attributes {
  const custom = run.customFields ?? {};
  return {
    ...custom,
    [ATTR_SPAN_KIND]: 'run',
    [ATTR_TIMING_BASIS]: 'measured',
    [ATTR_RUN_ID]: run.runId,
    ...(run.specHash === undefined ? {} : { [ATTR_TRACE_SPEC_HASH]: run.specHash }),
    ...(run.rulepackFingerprint === undefined ? {} : { [ATTR_TRACE_RULEPACK]: run.rulepackFingerprint }),
    ...(run.profile === undefined ? {} : { [ATTR_TRACE_PROFILE]: run.profile }),
    ...(Object.keys(custom).length === 0
      ? {}
      : { [ATTR_TRACE_CUSTOM_FIELDS_JSON]: JSON.stringify(custom, Object.keys(custom).sort()) }),
  };
}

function configAttributes(config: Config): Attributes {
  return {
    [ATTR_TRACE_RULE_MODE]: config.ruleMode,
    [ATTR_TRACING_PRESET]: config.preset,
    [ATTR_TRACING_PLAN_DIFF]: config.planDiff,
    [ATTR_TRACING_PREVIEW_LIMIT]: config.preview.limit,
  };
}
