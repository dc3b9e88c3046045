import {
  type Attributes,
  type Context,
  context,
  type HrTime,
  type Span,
  SpanKind,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { packageTracer } from '@planscope/internal/package-tracer';
import { recordFailure } from '@planscope/internal/record-failure';
import { RecordingGuard } from '@planscope/internal/recording-guard';
import type { RunWarning, WarningSink } from '@planscope/plan';
import { contextClock, toHrTime, type UnixClock, withContextClock } from '@planscope/plan/report';
import { type AttributeTexts, createAttributeTexts, describeError } from '@planscope/redaction';
import {
  ATTR_OBJECT_STORE_ATTEMPTS,
  ATTR_OBJECT_STORE_BASE_URL,
  ATTR_OBJECT_STORE_FROM,
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_OBJECT_STORE_NAME,
  ATTR_OBJECT_STORE_OPERATION,
  ATTR_OBJECT_STORE_REQUEST_COUNT,
  ATTR_OBJECT_STORE_RESULT_ERR,
  ATTR_OBJECT_STORE_TO,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  type SemanticSchema,
  sharedSchema,
  textAttributes,
} from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import type { ObjectStore, StoreCall } from '../contract/object-store.ts';
import { ObjectStoreError } from '../contract/object-store-error.ts';
import type { CallFacts, CallOptions } from '../contract/store-calls.ts';

// The span of an operation: how it is started, what is set on it, and how it ends with its call.

/** How a store is traced. */
export interface InstrumentStoreOptions {
  /** Default the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Name of the store in spans; default the store's own. */
  readonly name?: string;
  /** Whether each part of an upload gets a span; a part that fails always does. Default true. */
  readonly partSpans?: boolean;
  /** Whether an operation gets a span; default all do. Without it, spans below attach to the caller's span. */
  readonly isEnabled?: StorageSpanPredicate;
  /** Most bytes of one text attribute, in UTF-8; 0 sets no limit; default 16384. */
  readonly maxTextBytes?: number;
  /** The registries of attributes that a store sets of its own; a text that no registry names is hidden. Default none. */
  readonly schemas?: readonly SemanticSchema[];
  /** Messages of errors whose template is not known; default `redact`. */
  readonly errorMessages?: 'redact' | 'keep';
  /** Told once when recording fails; default OpenTelemetry's diagnostic logger. */
  readonly warn?: WarningSink;
}

/**
 * Decides whether one storage span is made.
 *
 * @param name `store.operation`, as the span is named
 * @param level `debug` for each part of an upload, whose sum is on its completion; `error` for a part that failed
 * without a span; `info` for all else
 */
export type StorageSpanPredicate = (name: string, level: 'error' | 'info' | 'debug') => boolean;

type SpanLevel = Parameters<StorageSpanPredicate>[1];

const defaultMaxTextBytes = 16_384;

/** Makes the spans of one store, and never lets a failure of tracing reach the caller. */
export class StorageTracer {
  readonly errorMessages: 'redact' | 'keep';
  /** Cleans and cuts the texts of a span. */
  readonly texts: AttributeTexts;
  readonly #store: ObjectStore;
  readonly #options: InstrumentStoreOptions;
  readonly #tracer: Tracer;
  readonly #kind: SpanKind;
  /** Span names by operation, so that each is built once. */
  readonly #names = new Map<string, string>();
  readonly #guard = new RecordingGuard('planscope/object-store');

  constructor(store: ObjectStore, options: InstrumentStoreOptions) {
    this.errorMessages = options.errorMessages ?? 'redact';
    this.texts = createAttributeTexts(textAttributes([sharedSchema, ...(options.schemas ?? [])]), {
      maxBytes: options.maxTextBytes ?? defaultMaxTextBytes,
    });
    this.#store = store;
    this.#options = options;
    this.#tracer = packageTracer(packageJson, options.tracerProvider);
    this.#kind = /^(file|memory):/.test(store.baseUrl) ? SpanKind.INTERNAL : SpanKind.CLIENT;
  }

  /**
   * Starts the span of one operation; a span-less stand-in when it is switched off or the budget is used up.
   *
   * @param attributes what is known before the operation starts
   * @param level how much detail the span is
   */
  start(
    storeCall: StoreCall,
    options: CallOptions,
    attributes: () => Attributes = () => ({}),
    level: SpanLevel = 'info',
  ): StorageSpan {
    const parent = options.otelContext ?? context.active();
    const clock = contextClock(parent);
    const span = this.guard(() => {
      if (!this.makes(storeCall.operation, level) || options.budget?.take() === false) return undefined;
      return this.#startSpan(storeCall, { parent, startTime: toHrTime(clock()) }, attributes);
    });
    return new StorageSpan(this, span, { parent, clock });
  }

  /** Whether an operation gets a span, as far as the options say. */
  makes(operation: string, level: SpanLevel): boolean {
    const { isEnabled } = this.#options;
    return isEnabled === undefined || this.guard(() => isEnabled(this.#nameOf(operation), level)) === true;
  }

  /** The result of recording something, or undefined if that failed; warns of the first failure. */
  guard<Value>(record: () => Value): Value | undefined {
    return this.#guard.attempt(record, (error) => {
      const message = `tracing of store "${this.#store.name}" failed with ${describeError(error).type}; its calls went on`;
      const warning: RunWarning = { code: 'storage-trace-failed', message };
      this.#guard.warnOnce({ owner: this, warn: this.#options.warn }, warning);
    });
  }

  #startSpan(
    storeCall: StoreCall,
    { parent, startTime }: { readonly parent: Context; readonly startTime: HrTime },
    attributes: () => Attributes,
  ): Span {
    const { operation } = storeCall;
    const known: Attributes = {
      [ATTR_SPAN_KIND]: 'storage',
      [ATTR_TIMING_BASIS]: 'measured',
      [ATTR_OBJECT_STORE_NAME]: this.#storeName,
      [ATTR_OBJECT_STORE_BASE_URL]: this.#store.baseUrl,
      [ATTR_OBJECT_STORE_OPERATION]: operation,
      ...locationAttributes(storeCall),
      ...this.guard(attributes),
      ...this.guard(() => this.#store.spanAttributes?.(storeCall)),
    };
    const settings = { kind: this.#kind, attributes: this.texts.attributes(known), startTime };
    return this.#tracer.startSpan(this.#nameOf(operation), settings, parent);
  }

  get #storeName(): string {
    return this.#options.name ?? this.#store.name;
  }

  #nameOf(operation: string): string {
    let name = this.#names.get(operation);
    if (name === undefined) {
      name = `${this.#storeName}.${operation}`;
      this.#names.set(operation, name);
    }
    return name;
  }
}

function locationAttributes({ path, from }: StoreCall): Attributes {
  if (path === undefined) return {};
  return from === undefined
    ? { [ATTR_OBJECT_STORE_LOCATION]: path }
    : { [ATTR_OBJECT_STORE_FROM]: from, [ATTR_OBJECT_STORE_TO]: path };
}

/** The span of one operation, or nothing where the budget was used up; it ends once. */
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

  /** The caller's options with the span as the parent; the span also records what the store reports. */
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

  /** Ends the span of an operation that succeeded, or that the caller stopped early. */
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

  /** Ends the span of an operation that found no object, where that is a normal outcome. */
  endAbsent(): void {
    this.end(() => ({ [ATTR_OBJECT_STORE_RESULT_ERR]: 'NotFound' }));
  }

  /** Records a failure on the span without ending it. */
  record(error: unknown): void {
    const span = this.#span;
    if (span === undefined || this.#ended) return;
    this.#tracer.guard(() => {
      const failure = describeError(error, { messages: this.#tracer.errorMessages });
      const errorType = ObjectStoreError.isInstance(error) ? error.kind : failure.type;
      span.setAttribute(ATTR_OBJECT_STORE_RESULT_ERR, errorType);
      recordFailure(span, failure, { errorType });
    });
  }

  /** Records what the store reports of the call; counts are added up. */
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

/**
 * Makes one call under its span, and ends the span with it. The result and the error are the call's own.
 *
 * @param recorded what the result says
 * @param recordedOnFailure what is known of a call that failed
 */
export async function tracedCall<Options extends CallOptions, Value>(
  span: StorageSpan,
  options: Options,
  call: (options: Options) => Promise<Value>,
  recorded: (value: Value) => Attributes = () => ({}),
  recordedOnFailure?: () => Attributes,
): Promise<Value> {
  let value: Value;
  try {
    value = await span.run(() => call(span.options(options)));
  } catch (error) {
    span.fail(error, recordedOnFailure);
    throw error;
  }
  span.end(() => recorded(value));
  return value;
}
