import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** Of the attributes of a span; docs/span-schema.md has all of them. */
const SHOWN = ['location', 'prefix', 'part_number', 'content_length', 'result.range', 'result.bytes', 'request_count'];

/** Prints spans when the program ends, in the order they started, each below its parent. */
export class SpanPrinter implements SpanProcessor {
  readonly #spans: ReadableSpan[] = [];

  onStart(span: Span): void {
    this.#spans.push(span);
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    const depths = new Map<string, number>();
    console.log();
    for (const span of this.#spans) {
      const depth = (depths.get(span.parentSpanContext?.spanId ?? '') ?? -1) + 1;
      depths.set(span.spanContext().spanId, depth);
      console.log(`${'  '.repeat(depth)}${span.name}${describe(span)}`);
    }
  }
}

function describe({ attributes }: ReadableSpan): string {
  const texts = SHOWN.flatMap((key) => {
    const value = attributes[`object_store.${key}`];
    return value === undefined ? [] : [` ${key}=${value}`];
  });
  const error = attributes['error.type'];
  return texts.join('') + (error === undefined ? '' : ` !${error}`);
}
