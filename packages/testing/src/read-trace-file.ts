import { readFileSync } from 'node:fs';

/** A span of a trace file. `renderTraceTree` of `@planscope/bootstrap` draws such spans. */
export interface FileSpan {
  /** In lower-case hexadecimal, like all ids. */
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the root of a trace. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  /** Nanoseconds since the Unix epoch. */
  readonly end: bigint;
  /** Whether the status of the span is an error. */
  readonly failed: boolean;
  /** Message of the status; empty if there is none. */
  readonly statusMessage: string;
  readonly attributes: FileAttributes;
  readonly events: readonly FileEvent[];
  readonly links: readonly FileLink[];
  /** The tracer that made the span. */
  readonly scope: { readonly name: string; readonly version: string };
  /** Attributes of the process that made the span, such as `service.name`. */
  readonly resource: FileAttributes;
}

/** An event of a span, such as an exception. */
export interface FileEvent {
  readonly name: string;
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint;
  readonly attributes: FileAttributes;
}

/** A link from a span to another. */
export interface FileLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: FileAttributes;
}

/**
 * Attributes by key, in the order of the file. Texts, numbers and booleans are unchanged, an integer beyond 2⁵³ is a
 * bigint, bytes are a Uint8Array, lists are arrays, and maps are maps.
 */
export type FileAttributes = ReadonlyMap<string, unknown>;

/**
 * Reads all spans of a trace file, in the order they were exported: OTLP JSON with one export request a line, as the
 * file exporter of `@planscope/bootstrap` and the one of the OpenTelemetry Collector write it. Lines of metrics and logs
 * are skipped.
 *
 * @throws Error that names the line that is not JSON, such as the last one of a program that was killed while it wrote
 */
export function readTraceFile(path: string): FileSpan[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line === '' ? [] : readRequest(line, `line ${index + 1} of ${path}`)));
}

// Fields with the default value of their type may be left out: an empty text, an empty list, a zero.

interface OtlpValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** A text, because JSON numbers are not exact beyond 2⁵³; some writers still use a number. */
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
  readonly kvlistValue?: { readonly values?: OtlpAttributes };
}

type OtlpAttributes = readonly { readonly key: string; readonly value?: OtlpValue }[];

interface OtlpScope {
  readonly name?: string;
  readonly version?: string;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly attributes?: OtlpAttributes;
  readonly events?: readonly {
    readonly name?: string;
    readonly timeUnixNano?: string;
    readonly attributes?: OtlpAttributes;
  }[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes?: OtlpAttributes;
  }[];
}

interface OtlpRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: OtlpAttributes };
    readonly scopeSpans?: readonly { readonly scope?: OtlpScope; readonly spans?: readonly OtlpSpan[] }[];
  }[];
}

const STATUS_CODE_ERROR = 2;

function readRequest(line: string, place: string): FileSpan[] {
  let request: OtlpRequest;
  try {
    request = JSON.parse(line);
  } catch (cause) {
    throw new Error(`[planscope/testing] ${place} is not JSON; expected an OTLP export request`, { cause });
  }
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const attributes = readAttributes(resource?.attributes);
    return scopeSpans.flatMap(({ scope = {}, spans = [] }) => spans.map((span) => readSpan(span, scope, attributes)));
  });
}

function readSpan(span: OtlpSpan, { name = '', version = '' }: OtlpScope, resource: FileAttributes): FileSpan {
  return {
    traceId: span.traceId.toLowerCase(),
    spanId: span.spanId.toLowerCase(),
    parentSpanId: span.parentSpanId ? span.parentSpanId.toLowerCase() : undefined,
    name: span.name ?? '',
    start: BigInt(span.startTimeUnixNano ?? 0),
    end: BigInt(span.endTimeUnixNano ?? 0),
    failed: span.status?.code === STATUS_CODE_ERROR,
    statusMessage: span.status?.message ?? '',
    attributes: readAttributes(span.attributes),
    events: (span.events ?? []).map((event) => ({
      name: event.name ?? '',
      time: BigInt(event.timeUnixNano ?? 0),
      attributes: readAttributes(event.attributes),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId.toLowerCase(),
      spanId: link.spanId.toLowerCase(),
      attributes: readAttributes(link.attributes),
    })),
    scope: { name, version },
    resource,
  };
}

function readAttributes(attributes: OtlpAttributes = []): FileAttributes {
  return new Map(attributes.map(({ key, value }) => [key, readValue(value)]));
}

function readValue(value: OtlpValue = {}): unknown {
  const { intValue, bytesValue, arrayValue, kvlistValue } = value;
  if (intValue !== undefined) return Number.isSafeInteger(Number(intValue)) ? Number(intValue) : BigInt(intValue);
  if (bytesValue !== undefined) return Uint8Array.from(Buffer.from(bytesValue, 'base64'));
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(readValue);
  if (kvlistValue !== undefined) return readAttributes(kvlistValue.values);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
