import { traceChecklist } from '../../packages/testing/src/index.ts';
import { schemas } from '../schemas.ts';
import type { FiledSpan } from './read-trace-file.ts';

type RecordedSpan = Parameters<typeof traceChecklist>[0][number];

const SPAN_KIND = 'planscope.span.kind';

/** What the spans of an example lack; its program and other libraries may have made some of them. */
export function spanChecklist(spans: readonly RecordedSpan[]): string[] {
  const parentOf = ({ parentSpanContext }: RecordedSpan): RecordedSpan | undefined =>
    spans.find((span) => span.spanContext().spanId === parentSpanContext?.spanId);
  const isPlanscope = (span: RecordedSpan | undefined): boolean =>
    span !== undefined && (span.attributes[SPAN_KIND] !== undefined || isPlanscope(parentOf(span)));
  return traceChecklist(spans.filter(isPlanscope), { schemas });
}

/** The same of the spans in a trace file. */
export function filedSpanChecklist(spans: readonly FiledSpan[]): string[] {
  return spanChecklist(spans.map(recordedSpan));
}

/** What the checklist looks at. */
function recordedSpan({ traceId, spanId, parentSpanId = '', ...span }: FiledSpan): RecordedSpan {
  const recorded = {
    name: span.name,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    ...(parentSpanId !== '' && { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: 1 } }),
    startTime: hrTime(span.startTimeUnixNano),
    endTime: hrTime(span.endTimeUnixNano),
    status: { code: span.status.code ?? 0 },
    attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, plainValue(value)])),
    events: [],
    links: [],
  };
  return recorded as Partial<RecordedSpan> as RecordedSpan;
}

function hrTime(nanoseconds: string): [number, number] {
  return [Number(BigInt(nanoseconds) / 1_000_000_000n), Number(BigInt(nanoseconds) % 1_000_000_000n)];
}

/** A value as OTLP's JSON has it; an integer may be written as a text. */
function plainValue(value: Readonly<Record<string, unknown>>): unknown {
  const { intValue, arrayValue } = value;
  if (intValue !== undefined) return Number(intValue);
  if (arrayValue === undefined) return value.stringValue ?? value.doubleValue ?? value.boolValue;
  return (arrayValue as { values?: Readonly<Record<string, unknown>>[] }).values?.map(plainValue) ?? [];
}
