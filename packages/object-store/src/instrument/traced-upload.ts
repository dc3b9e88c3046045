import type { Attributes } from '@opentelemetry/api';
import { ATTR_OBJECT_STORE_CONTENT_LENGTH, ATTR_OBJECT_STORE_PART_NUMBER } from '@planscope/semconv';
import { bodySize } from '../body/put-body.ts';
import type { MultipartUpload } from '../contract/object-store.ts';
import type { CallOptions, PutBody, PutResult } from '../contract/store-calls.ts';
import { countedBody, writtenAttributes } from './call-attributes.ts';
import { type StorageSpan, type StorageTracer, tracedCall } from './storage-tracer.ts';

/** An upload with a span for each part, its completion and its end; parents as `putMultipart` was given. */
export class TracedUpload implements MultipartUpload {
  readonly id: string;
  readonly minimumPartSize: number;
  readonly #inner: MultipartUpload;
  readonly #tracer: StorageTracer;
  readonly #path: string;
  readonly #parent: Pick<CallOptions, 'otelContext' | 'budget'>;
  readonly #partSpans: boolean;
  readonly #sizes = new Map<number, number>();

  constructor(
    inner: MultipartUpload,
    tracer: StorageTracer,
    place: { readonly path: string; readonly options: CallOptions; readonly partSpans: boolean },
  ) {
    this.id = inner.id;
    this.minimumPartSize = inner.minimumPartSize;
    this.#inner = inner;
    this.#tracer = tracer;
    this.#path = place.path;
    this.#parent = { otelContext: place.options.otelContext, budget: place.options.budget };
    this.#partSpans = place.partSpans;
  }

  async putPart(partNumber: number, body: PutBody, options: CallOptions = {}): Promise<void> {
    const counted = countedBody(body);
    const size = (): number => counted.bytes() ?? bodySize(body) ?? 0;
    const number: Attributes = Number.isInteger(partNumber) ? { [ATTR_OBJECT_STORE_PART_NUMBER]: partNumber } : {};
    const write = async (callOptions: CallOptions): Promise<void> => {
      await this.#inner.putPart(partNumber, counted.body, callOptions);
      this.#sizes.set(partNumber, size());
    };
    const length = (): Attributes => ({ [ATTR_OBJECT_STORE_CONTENT_LENGTH]: size() });
    if (this.#partSpans && this.#tracer.makes('put_part', 'debug')) {
      return tracedCall(
        this.#start('put_part', options, () => number, 'debug'),
        options,
        write,
        length,
        length,
      );
    }
    try {
      await write(options);
    } catch (error) {
      this.#start('put_part', options, () => number, 'error').fail(error, length);
      throw error;
    }
  }

  complete(options: CallOptions = {}): Promise<PutResult> {
    const span = this.#startEnd('complete', options);
    return tracedCall(span, options, (callOptions) => this.#inner.complete(callOptions), writtenAttributes);
  }

  abort(options: CallOptions = {}): Promise<void> {
    const span = this.#startEnd('abort', options);
    return tracedCall(span, options, (callOptions) => this.#inner.abort(callOptions));
  }

  /** Carries the bytes and requests of all parts, which may have no spans of their own. */
  #startEnd(operation: string, options: CallOptions): StorageSpan {
    const bytes = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    const span = this.#start(operation, options, () => ({ [ATTR_OBJECT_STORE_CONTENT_LENGTH]: bytes }));
    span.observe({ requests: this.#sizes.size });
    return span;
  }

  #start(
    operation: string,
    options: CallOptions,
    attributes: () => Attributes,
    level?: Parameters<StorageTracer['makes']>[1],
  ): StorageSpan {
    const otelContext = options.otelContext ?? this.#parent.otelContext;
    const budget = options.budget ?? this.#parent.budget;
    return this.#tracer.start({ operation, path: this.#path }, { otelContext, budget }, attributes, level);
  }
}
