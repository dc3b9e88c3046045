import {
  type Attributes,
  type Context,
  context,
  diag,
  type HrTime,
  type Span,
  SpanKind,
  type Tracer,
} from '@opentelemetry/api';
import { contextClock, toHrTime } from '@planscope/plan/report';
import { type AttributeTexts, createAttributeTexts, describeError } from '@planscope/redaction';
import {
  ATTR_OBJECT_STORE_BASE_URL,
  ATTR_OBJECT_STORE_FROM,
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_OBJECT_STORE_NAME,
  ATTR_OBJECT_STORE_OPERATION,
  ATTR_OBJECT_STORE_TO,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  sharedSchema,
  textAttributes,
} from '@planscope/semconv';
import type { CallOptions } from '../contract/call-options.ts';
import type { ObjectStore, StoreCall } from '../contract/object-store.ts';
import { packageTracer } from '../tracer.ts';
import type { InstrumentStoreOptions, StorageSpanPredicate } from './instrument-options.ts';
import { StorageSpan } from './storage-span.ts';

type SpanLevel = Parameters<StorageSpanPredicate>[1];

const defaultMaxTextBytes = 16_384;

/** Makes the spans of one store, and never lets a failure of tracing reach the caller. */
export class StorageTracer {
  readonly errorMessages: 'known-templates' | 'raw';
  /** Cleans and cuts the texts of a span. */
  readonly texts: AttributeTexts;
  readonly #store: ObjectStore;
  readonly #options: InstrumentStoreOptions;
  readonly #tracer: Tracer;
  readonly #kind: SpanKind;
  /** By operation, so that none is put together for a span that is not made. */
  readonly #names = new Map<string, string>();
  #warned = false;

  constructor(store: ObjectStore, options: InstrumentStoreOptions) {
    this.errorMessages = options.errorMessages === 'keep' ? 'raw' : 'known-templates';
    this.texts = createAttributeTexts(textAttributes([sharedSchema, ...(options.schemas ?? [])]), {
      maxBytes: options.maxTextBytes ?? defaultMaxTextBytes,
    });
    this.#store = store;
    this.#options = options;
    this.#tracer = packageTracer(options.tracerProvider);
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

  /** The result of recording something, or undefined when that failed; the first failure is warned of. */
  guard<Value>(record: () => Value): Value | undefined {
    try {
      return record();
    } catch (error) {
      if (!this.#warned) {
        this.#warned = true;
        this.#warn(
          `tracing of store "${this.#store.name}" failed with ${describeError(error).type}; its calls went on`,
        );
      }
      return undefined;
    }
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

  #warn(message: string): void {
    try {
      if (this.#options.warn) this.#options.warn({ code: 'storage-trace-failed', message });
      else diag.warn(`[planscope/object-store] ${message}`);
    } catch {
      diag.warn(`[planscope/object-store] ${message}`);
    }
  }
}

function locationAttributes({ path, from }: StoreCall): Attributes {
  if (path === undefined) return {};
  return from === undefined
    ? { [ATTR_OBJECT_STORE_LOCATION]: path }
    : { [ATTR_OBJECT_STORE_FROM]: from, [ATTR_OBJECT_STORE_TO]: path };
}
