import type { Attributes, AttributeValue, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';

/** A finished span: the `ReadableSpan` of SDK 2 and of SDK 3, of which this package needs neither. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: () => SpanContext;
  /** Absent for the root of a trace. */
  readonly parentSpanContext?: SpanContext;
  /** Seconds and nanoseconds since the Unix epoch. */
  readonly startTime: HrTime;
  /** Seconds and nanoseconds since the Unix epoch. */
  readonly endTime: HrTime;
  /** Seconds and nanoseconds. */
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: Link[];
  readonly events: RecordedEvent[];
  readonly ended: boolean;
  readonly resource: RecordedResource;
  /** What made the span. */
  readonly instrumentationScope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string };
  /** What the limits of the SDK cut off. */
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

/** An event of a span. */
export interface RecordedEvent {
  /** Seconds and nanoseconds since the Unix epoch. */
  time: HrTime;
  name: string;
  attributes?: Attributes;
  /** What the limits of the SDK cut off. */
  droppedAttributesCount?: number;
}

/** The resource of a span, as the SDK has it. */
export interface RecordedResource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string;
  readonly asyncAttributesPending?: boolean;
  waitForAsyncAttributes?(): Promise<void>;
  merge(other: RecordedResource | null): RecordedResource;
  getRawAttributes(): [string, AttributeValue | undefined | Promise<AttributeValue | undefined>][];
}
