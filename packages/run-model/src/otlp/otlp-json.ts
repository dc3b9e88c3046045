import { MAX_VALUE_DEPTH, type TraceAttributes, type TraceSpan, type TraceSpanKind } from '../spans/trace-span.ts';

/** Why a part of an OTLP document was skipped, in one sentence without its content. */
export type ReportFault = (reason: string) => void;

/**
 * The spans of an OTLP/JSON export request, in its order. Anything that is not an export request of traces has none, such as
 * a request of metrics. A span without valid ids or times is skipped and reported.
 *
 * @param request the parsed JSON
 */
export function spansFromOtlpJson(request: unknown, report: ReportFault = () => {}): TraceSpan[] {
  const spans: TraceSpan[] = [];
  for (const { resource, scopeSpans } of objects(fieldsOf(request).resourceSpans)) {
    const attributes = readAttributes(fieldsOf(resource).attributes);
    for (const { scope, spans: entries } of objects(scopeSpans)) {
      const { name, version } = fieldsOf(scope);
      const tracer = { name: text(name), version: text(version) };
      for (const entry of objects(entries)) {
        const span = readSpan(entry, tracer, attributes);
        if (typeof span === 'string') report(span);
        else spans.push(span);
      }
    }
  }
  return spans;
}

// Fields with the default value of their type may be left out: an empty text, an empty list, a zero. Any field may have
// any type in a file that something else wrote.

type Fields = Readonly<Record<string, unknown>>;

const NO_FIELDS: Fields = {};

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : NO_FIELDS;
}

function objects(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** By the number of the protobuf enumeration. */
export const SPAN_KINDS: readonly TraceSpanKind[] = [
  'internal',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
];
export const SPAN_STATUSES = ['unset', 'ok', 'error'] as const;

/** The number of a protobuf enumeration, which JSON may also have by its name. */
function enumeration(value: unknown, prefix: string, names: readonly string[]): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? Math.max(0, names.indexOf(value.replace(prefix, '').toLowerCase())) : 0;
}

const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** Whether the parent is in another process, by the flags of a span; undefined if they do not tell. */
export function remoteParent(flags: number): boolean | undefined {
  return (flags & HAS_IS_REMOTE) === 0 ? undefined : (flags & IS_REMOTE) !== 0;
}

/** @returns why it is invalid, if it is */
function readSpan(span: Fields, scope: TraceSpan['scope'], resource: TraceAttributes): TraceSpan | string {
  const traceId = readId(span.traceId, 32);
  const spanId = readId(span.spanId, 16);
  if (traceId === undefined || spanId === undefined) return 'a span has no valid traceId and spanId';
  const [start, end] = [readTime(span.startTimeUnixNano), readTime(span.endTimeUnixNano)];
  if (start === undefined || end === undefined)
    return `span ${spanId} has no valid startTimeUnixNano and endTimeUnixNano`;
  const { code, message } = fieldsOf(span.status);
  const status = SPAN_STATUSES[enumeration(code, 'STATUS_CODE_', SPAN_STATUSES)] ?? 'unset';
  return {
    traceId,
    spanId,
    parentSpanId: readId(span.parentSpanId, 16),
    hasRemoteParent: typeof span.flags === 'number' ? remoteParent(span.flags) : undefined,
    name: text(span.name),
    kind: SPAN_KINDS[enumeration(span.kind, 'SPAN_KIND_', ['unspecified', ...SPAN_KINDS.slice(1)])] ?? 'internal',
    start,
    end,
    status,
    failed: status === 'error',
    statusMessage: text(message),
    attributes: readAttributes(span.attributes),
    events: objects(span.events).map((event) => ({
      name: text(event.name),
      time: readTime(event.timeUnixNano) ?? start,
      attributes: readAttributes(event.attributes),
    })),
    links: objects(span.links).flatMap((link) => {
      const [linkedTrace, linkedSpan] = [readId(link.traceId, 32), readId(link.spanId, 16)];
      if (linkedTrace === undefined || linkedSpan === undefined) return [];
      return [{ traceId: linkedTrace, spanId: linkedSpan, attributes: readAttributes(link.attributes) }];
    }),
    scope,
    resource,
  };
}

/** An id in hexadecimal, as OTLP/JSON has it, or in base64, as the general JSON mapping of protobuf has it. */
function readId(value: unknown, digits: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const id = value.length === digits ? value.toLowerCase() : hexadecimal(value);
  return id.length === digits && /^[\da-f]*[1-9a-f][\da-f]*$/.test(id) ? id : undefined;
}

function hexadecimal(base64: string): string {
  // 8 and 16 bytes have 12 and 24 characters.
  if (!/^(?:[\w+/-]{4}){2,5}[\w+/-]{2,3}={1,2}$/.test(base64)) return '';
  const bytes = atob(base64.replaceAll('-', '+').replaceAll('_', '/'));
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

function readTime(value: unknown): bigint | undefined {
  if (value === undefined) return 0n;
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? BigInt(value) : undefined;
}

function readAttributes(value: unknown, depth = 0): TraceAttributes {
  const attributes = new Map<string, unknown>();
  if (!Array.isArray(value)) return attributes;
  for (const entry of value) {
    const { key, value: held } = fieldsOf(entry);
    if (typeof key === 'string') attributes.set(interned(key), readValue(held, depth));
  }
  return attributes;
}

const keys = new Map<string, string>();
const MAX_KEYS = 10_000;

/** One copy of each key: a trace has few keys, each of them on many spans, and JSON.parse makes a new text each time. */
function interned(key: string): string {
  const known = keys.get(key);
  if (known !== undefined) return known;
  if (keys.size < MAX_KEYS) keys.set(key, key);
  return key;
}

function readValue(value: unknown, depth: number): unknown {
  const { stringValue, intValue, doubleValue, boolValue, bytesValue, arrayValue, kvlistValue } = fieldsOf(value);
  if (typeof stringValue === 'string') return stringValue;
  if (intValue !== undefined) return readInteger(intValue);
  if (typeof doubleValue === 'number' || typeof boolValue === 'boolean') return doubleValue ?? boolValue;
  // NaN and the infinities are texts in the JSON of protobuf.
  if (typeof doubleValue === 'string') return Number(doubleValue);
  if (typeof bytesValue === 'string') return readBytes(bytesValue);
  if (depth >= MAX_VALUE_DEPTH) return undefined;
  if (arrayValue !== undefined) {
    const { values } = fieldsOf(arrayValue);
    return Array.isArray(values) ? values.map((entry) => readValue(entry, depth + 1)) : [];
  }
  return kvlistValue === undefined ? undefined : readAttributes(fieldsOf(kvlistValue).values, depth + 1);
}

/** A text, because JSON numbers are not exact beyond 2⁵³; some writers still use a number. */
function readInteger(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) || !Number.isInteger(value) ? value : BigInt(value);
  if (typeof value !== 'string' || !/^-?\d{1,20}$/.test(value)) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value);
}

function readBytes(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
  } catch {
    return undefined;
  }
}
