import type { AttributeValue, AttributeValues } from '../run.ts';

/** A finished span, whatever it was read from. */
export interface TraceSpan {
  /** In lower-case hexadecimal, like all ids. */
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the root of a trace. */
  readonly parentSpanId: string | undefined;
  /** True if the parent is in another process; undefined if the source does not tell. */
  readonly hasRemoteParent?: boolean | undefined;
  readonly name: string;
  readonly kind: TraceSpanKind;
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  /** Nanoseconds since the Unix epoch. */
  readonly end: bigint;
  readonly status: 'unset' | 'ok' | 'error';
  /** Whether the status of the span is an error. */
  readonly failed: boolean;
  /** Message of the status; empty if there is none. */
  readonly statusMessage: string;
  readonly attributes: TraceAttributes;
  readonly events: readonly TraceEvent[];
  readonly links: readonly TraceLink[];
  /** The tracer that made the span. */
  readonly scope: { readonly name: string; readonly version: string };
  /** Attributes of the process that made the span, such as `service.name`. */
  readonly resource: TraceAttributes;
}

/** The kind of a span, in the words of OpenTelemetry. */
export type TraceSpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** An event of a span, such as an exception. */
export interface TraceEvent {
  readonly name: string;
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint;
  readonly attributes: TraceAttributes;
}

/** A link from a span to another. */
export interface TraceLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: TraceAttributes;
}

/**
 * Attributes by key, in the order of the source. Texts, numbers and booleans are unchanged, an integer beyond 2⁵³ is a
 * bigint, bytes are a Uint8Array, lists are arrays, and maps are maps.
 */
export type TraceAttributes = ReadonlyMap<string, unknown>;

/** Deeper lists and maps become null, so that no value exhausts the stack. */
export const MAX_VALUE_DEPTH = 32;

/** Attributes as plain JSON. */
export function plainAttributes(attributes: Iterable<readonly [string, unknown]>): AttributeValues {
  return plainMap(attributes, 0);
}

// Object.fromEntries defines own properties, so that the key `__proto__` is a key like any other.
function plainMap(attributes: Iterable<readonly [string, unknown]>, depth: number): AttributeValues {
  return Object.fromEntries(Array.from(attributes, ([key, value]) => [key, plainValue(value, depth)]));
}

function plainValue(value: unknown, depth: number): AttributeValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON has no NaN and no infinity; the other JSON writers of OTLP use these texts, too.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (depth >= MAX_VALUE_DEPTH) return null;
  if (value instanceof Uint8Array) return base64(value);
  if (Array.isArray(value)) return value.map((entry) => plainValue(entry, depth + 1));
  if (value instanceof Map) return plainMap(value, depth + 1);
  return null;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
