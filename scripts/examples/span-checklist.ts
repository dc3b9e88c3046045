import { type FileSpan, traceChecklist } from '../../packages/testing/src/index.ts';
import { schemas } from '../../schema/src/schemas.ts';

type RecordedSpan = Parameters<typeof traceChecklist>[0][number];

const SPAN_KIND = 'planscope.span.kind';
const STATUS_CODE_UNSET = 0;
const STATUS_CODE_ERROR = 2;

/** What the spans of an example lack; its program and other libraries may have made some of them. */
export function spanChecklist(spans: readonly RecordedSpan[]): string[] {
  const parentOf = ({ parentSpanContext }: RecordedSpan): RecordedSpan | undefined =>
    spans.find((span) => span.spanContext().spanId === parentSpanContext?.spanId);
  const isPlanscope = (span: RecordedSpan | undefined): boolean =>
    span !== undefined && (span.attributes[SPAN_KIND] !== undefined || isPlanscope(parentOf(span)));
  return traceChecklist(spans.filter(isPlanscope), { schemas });
}

/** The same of the spans in a trace file. */
export function filedSpanChecklist(spans: readonly FileSpan[]): string[] {
  return spanChecklist(spans.map(recordedSpan));
}

/** What the checklist looks at. */
function recordedSpan({ traceId, spanId, parentSpanId, ...span }: FileSpan): RecordedSpan {
  const recorded = {
    name: span.name,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    ...(parentSpanId !== undefined && { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: 1 } }),
    startTime: hrTime(span.start),
    endTime: hrTime(span.end),
    status: { code: span.failed ? STATUS_CODE_ERROR : STATUS_CODE_UNSET, message: span.statusMessage },
    attributes: Object.fromEntries(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      time: hrTime(time),
      attributes: Object.fromEntries(attributes),
    })),
    links: span.links.map(({ attributes, ...linked }) => ({
      context: { ...linked, traceFlags: 1 },
      attributes: Object.fromEntries(attributes),
    })),
  };
  return recorded as Partial<RecordedSpan> as RecordedSpan;
}

function hrTime(nanoseconds: bigint): [number, number] {
  return [Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n)];
}
