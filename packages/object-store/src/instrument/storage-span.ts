import { type Attributes, type Context, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { toHrTime, type UnixClock, withContextClock } from '@planscope/plan/report';
import { describeError } from '@planscope/redaction';
import {
  ATTR_ERROR_TYPE,
  ATTR_OBJECT_STORE_ATTEMPTS,
  ATTR_OBJECT_STORE_REQUEST_COUNT,
  ATTR_OBJECT_STORE_RESULT_ERR,
} from '@planscope/semconv';
import type { CallFacts, CallOptions } from '../contract/call-options.ts';
import { ObjectStoreError } from '../error/object-store-error.ts';
import type { StorageTracer } from './storage-tracer.ts';

/** The span of one operation, or nothing where the budget was used up; ended once, whoever comes first. */
export class StorageSpan {
  readonly #tracer: StorageTracer;
  readonly #span: Span | undefined;
  readonly #parent: Context;
  readonly #clock: UnixClock;
  readonly #started: bigint = process.hrtime.bigint();
  #attempts = 0;
  #requests = 0;
  #ended = false;

  constructor(
    tracer: StorageTracer,
    span: Span | undefined,
    { parent, clock }: { readonly parent: Context; readonly clock: UnixClock },
  ) {
    this.#tracer = tracer;
    this.#span = span;
    this.#parent = parent;
    this.#clock = clock;
  }

  /** Nanoseconds since the span was started. */
  elapsed(): number {
    return Number(process.hrtime.bigint() - this.#started);
  }

  /** Runs a call with the span as the active one; the rest of the active context, as baggage, stays as it is. */
  run<Value>(call: () => Value): Value {
    const span = this.#span ?? trace.getSpan(this.#parent);
    return context.with(span === undefined ? context.active() : trace.setSpan(context.active(), span), call);
  }

  /** The caller's options, with the span as the parent and its ear to what the store reports. */
  options<Options extends CallOptions>(options: Options): Options {
    return {
      ...options,
      otelContext: withContextClock(
        this.#span === undefined ? this.#parent : trace.setSpan(this.#parent, this.#span),
        this.#clock,
      ),
      observe: (facts: CallFacts) => {
        this.observe(facts);
        options.observe?.(facts);
      },
    };
  }

  set(attributes: () => Attributes): void {
    if (this.#span === undefined || this.#ended) return;
    this.#tracer.guard(() => this.#span?.setAttributes(this.#tracer.texts.attributes(attributes())));
  }

  /** Ends the span of an operation that did what was asked, or that the caller did not want to the end. */
  end(attributes?: () => Attributes): void {
    if (attributes !== undefined) this.set(attributes);
    this.#finish();
  }

  /** Ends the span of an operation that failed. */
  fail(error: unknown, attributes?: () => Attributes): void {
    if (attributes !== undefined) this.set(attributes);
    this.record(error);
    this.#finish();
  }

  /** Says on the span that something failed, without ending it. */
  record(error: unknown): void {
    const span = this.#span;
    if (span === undefined || this.#ended) return;
    this.#tracer.guard(() => {
      const { type, message, stacktrace } = describeError(error, { messages: this.#tracer.errorMessages });
      const kind = ObjectStoreError.isInstance(error) ? error.kind : type;
      span.setAttributes({ [ATTR_ERROR_TYPE]: kind, [ATTR_OBJECT_STORE_RESULT_ERR]: kind });
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      span.recordException({ name: type, message, ...(stacktrace === undefined ? {} : { stack: stacktrace }) });
    });
  }

  /** Takes what the store says of the call; counts are summed up. */
  observe({ attempts = 0, requests = 0, attributes }: CallFacts): void {
    this.#attempts += attempts;
    this.#requests += requests;
    if (attributes !== undefined) this.set(() => attributes);
  }

  #finish(): void {
    if (this.#ended) return;
    this.set(() => ({
      ...(this.#attempts === 0 ? {} : { [ATTR_OBJECT_STORE_ATTEMPTS]: this.#attempts }),
      ...(this.#requests === 0 ? {} : { [ATTR_OBJECT_STORE_REQUEST_COUNT]: this.#requests }),
    }));
    this.#ended = true;
    this.#tracer.guard(() => this.#span?.end(toHrTime(this.#clock())));
  }
}
