import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import { SPAN_STATUSES } from '../otlp/otlp-json.ts';
import type { TraceAttributes, TraceSpan, TraceSpanKind } from './trace-span.ts';

/** A finished span of an OpenTelemetry SDK, of version 1, 2 or 3. */
export interface SdkSpan {
  readonly name: string;
  /** Number of the API's `SpanKind`. */
  readonly kind: number;
  spanContext(): SpanContext;
  /** From SDK 2 on. */
  readonly parentSpanContext?: SpanContext | undefined;
  /** In SDK 1. */
  readonly parentSpanId?: string | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: Attributes;
  readonly events: readonly {
    readonly name: string;
    readonly time: HrTime;
    readonly attributes?: Attributes | undefined;
  }[];
  readonly links: readonly { readonly context: SpanContext; readonly attributes?: Attributes | undefined }[];
  readonly resource: { readonly attributes: Readonly<Record<string, unknown>> };
  readonly instrumentationScope?: { readonly name: string; readonly version?: string | undefined };
}

const KINDS: readonly TraceSpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer'];

/** Spans of an SDK, in their order. Resource attributes that are not known yet are omitted. */
export function spansFromSdk(spans: Iterable<SdkSpan>): TraceSpan[] {
  const resources = new Map<object, TraceAttributes>();
  return Array.from(spans, (span) => {
    const { traceId, spanId } = span.spanContext();
    const { parentSpanContext, instrumentationScope: { name = '', version = '' } = {} } = span;
    const status = SPAN_STATUSES[span.status.code] ?? 'unset';
    const resource = resources.get(span.resource) ?? knownAttributes(span.resource.attributes);
    resources.set(span.resource, resource);
    return {
      traceId,
      spanId,
      parentSpanId: (parentSpanContext?.spanId ?? span.parentSpanId) || undefined,
      hasRemoteParent: parentSpanContext?.isRemote,
      name: span.name,
      kind: KINDS[span.kind] ?? 'internal',
      start: nanoseconds(span.startTime),
      end: nanoseconds(span.endTime),
      status,
      failed: status === 'error',
      statusMessage: span.status.message ?? '',
      attributes: attributeMap(span.attributes),
      events: span.events.map((event) => ({
        name: event.name,
        time: nanoseconds(event.time),
        attributes: attributeMap(event.attributes),
      })),
      links: span.links.map(({ context, attributes }) => ({
        traceId: context.traceId,
        spanId: context.spanId,
        attributes: attributeMap(attributes),
      })),
      scope: { name, version },
      resource,
    };
  });
}

function attributeMap(attributes: Attributes = {}): TraceAttributes {
  return new Map(Object.entries(attributes));
}

/** A resource may have promises for attributes that are still being detected. */
function knownAttributes(attributes: Readonly<Record<string, unknown>>): TraceAttributes {
  return new Map(Object.entries(attributes).filter(([, value]) => typeof value !== 'object' || Array.isArray(value)));
}

function nanoseconds([seconds, nanos]: HrTime): bigint {
  return BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(Math.trunc(nanos));
}
