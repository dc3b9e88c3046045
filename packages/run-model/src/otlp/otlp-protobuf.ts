import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { RunModelError } from '../run-model-error.ts';
import {
  MAX_VALUE_DEPTH,
  type TraceAttributes,
  type TraceEvent,
  type TraceLink,
  type TraceSpan,
} from '../spans/trace-span.ts';
import { type ReportFault, remoteParent, SPAN_KINDS, SPAN_STATUSES } from './otlp-json.ts';

/**
 * The spans of an OTLP export request in protobuf (`ExportTraceServiceRequest`), in its order. A span without valid ids
 * is skipped and reported.
 *
 * The field numbers are those of opentelemetry-proto, which are stable. The wire reader of `@bufbuild/protobuf` reads
 * them without generated code, because only these few messages are needed.
 *
 * @throws RunModelError `invalid-otlp` if the bytes are truncated or are no protobuf
 */
export function spansFromOtlpProtobuf(bytes: Uint8Array, report: ReportFault = () => {}): TraceSpan[] {
  const spans: TraceSpan[] = [];
  try {
    readMessage(bytes, { 1: message((resourceSpans) => readResourceSpans(resourceSpans, spans, report)) });
  } catch (cause) {
    throw new RunModelError(
      'invalid-otlp',
      'the request is no OTLP export request in protobuf; send it whole, uncompressed',
      {
        cause,
      },
    );
  }
  return spans;
}

type FieldReader = readonly [type: WireType, read: (reader: BinaryReader) => void];

/** Reads the fields that have a reader for their type, in any order, and skips the others. */
function readMessage(bytes: Uint8Array, fields: Readonly<Record<number, FieldReader>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const [expected, read] = fields[field] ?? [];
    if (read === undefined || expected !== type) reader.skip(type, field);
    else read(reader);
  }
}

function message(read: (bytes: Uint8Array) => void): FieldReader {
  return [WireType.LengthDelimited, (reader) => read(reader.bytes())];
}

function text(read: (value: string) => void): FieldReader {
  return [WireType.LengthDelimited, (reader) => read(reader.string())];
}

function varint(read: (value: number) => void): FieldReader {
  return [WireType.Varint, (reader) => read(reader.int32())];
}

function fixed64(read: (value: bigint) => void): FieldReader {
  return [WireType.Bit64, (reader) => read(BigInt(reader.fixed64()))];
}

function attribute(attributes: Map<string, unknown>, depth = 0): FieldReader {
  return message((bytes) => readKeyValue(bytes, attributes, depth));
}

function readResourceSpans(bytes: Uint8Array, spans: TraceSpan[], report: ReportFault): void {
  // The spans may precede their resource.
  const resource = new Map<string, unknown>();
  const scopes: Uint8Array[] = [];
  readMessage(bytes, {
    1: message((fields) => readMessage(fields, { 1: attribute(resource) })),
    2: message((scopeSpans) => scopes.push(scopeSpans)),
  });
  for (const scopeSpans of scopes) readScopeSpans(scopeSpans, resource, spans, report);
}

function readScopeSpans(bytes: Uint8Array, resource: TraceAttributes, spans: TraceSpan[], report: ReportFault): void {
  const scope = { name: '', version: '' };
  const found: Uint8Array[] = [];
  readMessage(bytes, {
    1: message((fields) =>
      readMessage(fields, {
        1: text((name) => {
          scope.name = name;
        }),
        2: text((version) => {
          scope.version = version;
        }),
      }),
    ),
    2: message((span) => found.push(span)),
  });
  for (const fields of found) {
    const span = readSpan(fields, scope, resource);
    if (span === undefined) report('a span has no valid trace_id and span_id');
    else spans.push(span);
  }
}

function readSpan(bytes: Uint8Array, scope: TraceSpan['scope'], resource: TraceAttributes): TraceSpan | undefined {
  let [traceId, spanId, parentSpanId, name, statusMessage] = ['', '', '', '', ''];
  let [kind, code, flags] = [0, 0, 0];
  let [start, end] = [0n, 0n];
  const attributes = new Map<string, unknown>();
  const events: TraceEvent[] = [];
  const links: TraceLink[] = [];
  readMessage(bytes, {
    1: message((id) => {
      traceId = hexadecimal(id);
    }),
    2: message((id) => {
      spanId = hexadecimal(id);
    }),
    4: message((id) => {
      parentSpanId = hexadecimal(id);
    }),
    5: text((value) => {
      name = value;
    }),
    6: varint((value) => {
      kind = value;
    }),
    7: fixed64((value) => {
      start = value;
    }),
    8: fixed64((value) => {
      end = value;
    }),
    9: attribute(attributes),
    11: message((event) => events.push(readEvent(event))),
    13: message((link) => links.push(readLink(link))),
    15: message((status) =>
      readMessage(status, {
        2: text((value) => {
          statusMessage = value;
        }),
        3: varint((value) => {
          code = value;
        }),
      }),
    ),
    16: [
      WireType.Bit32,
      (reader) => {
        flags = reader.fixed32();
      },
    ],
  });
  if (!isId(traceId, 32) || !isId(spanId, 16)) return undefined;
  const status = SPAN_STATUSES[code] ?? 'unset';
  return {
    traceId,
    spanId,
    parentSpanId: isId(parentSpanId, 16) ? parentSpanId : undefined,
    hasRemoteParent: remoteParent(flags),
    name,
    kind: SPAN_KINDS[kind] ?? 'internal',
    start,
    end,
    status,
    failed: status === 'error',
    statusMessage,
    attributes,
    events,
    links: links.filter((link) => isId(link.traceId, 32) && isId(link.spanId, 16)),
    scope,
    resource,
  };
}

function readEvent(bytes: Uint8Array): TraceEvent {
  let time = 0n;
  let name = '';
  const attributes = new Map<string, unknown>();
  readMessage(bytes, {
    1: fixed64((value) => {
      time = value;
    }),
    2: text((value) => {
      name = value;
    }),
    3: attribute(attributes),
  });
  return { name, time, attributes };
}

function readLink(bytes: Uint8Array): TraceLink {
  let [traceId, spanId] = ['', ''];
  const attributes = new Map<string, unknown>();
  readMessage(bytes, {
    1: message((id) => {
      traceId = hexadecimal(id);
    }),
    2: message((id) => {
      spanId = hexadecimal(id);
    }),
    4: attribute(attributes),
  });
  return { traceId, spanId, attributes };
}

function readKeyValue(bytes: Uint8Array, attributes: Map<string, unknown>, depth: number): void {
  let key = '';
  let value: unknown;
  readMessage(bytes, {
    1: text((name) => {
      key = name;
    }),
    2: message((held) => {
      value = readValue(held, depth);
    }),
  });
  attributes.set(key, value);
}

function readValue(bytes: Uint8Array, depth: number): unknown {
  let value: unknown;
  const set = (held: unknown): void => {
    value = held;
  };
  readMessage(bytes, {
    1: text(set),
    2: [WireType.Varint, (reader) => set(reader.bool())],
    3: [WireType.Varint, (reader) => set(integer(reader.int64()))],
    4: [WireType.Bit64, (reader) => set(reader.double())],
    5: message((list) => set(depth < MAX_VALUE_DEPTH ? readList(list, depth + 1) : undefined)),
    6: message((list) => set(depth < MAX_VALUE_DEPTH ? readMap(list, depth + 1) : undefined)),
    7: message((held) => set(Uint8Array.from(held))),
  });
  return value;
}

function readList(bytes: Uint8Array, depth: number): unknown[] {
  const values: unknown[] = [];
  readMessage(bytes, { 1: message((value) => values.push(readValue(value, depth))) });
  return values;
}

function readMap(bytes: Uint8Array, depth: number): TraceAttributes {
  const values = new Map<string, unknown>();
  readMessage(bytes, { 1: attribute(values, depth) });
  return values;
}

function integer(value: bigint | string): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value);
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isId(id: string, digits: number): boolean {
  return id.length === digits && /[1-9a-f]/.test(id);
}
