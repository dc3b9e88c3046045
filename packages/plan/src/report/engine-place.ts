import { type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import type { EngineReport } from './engine-report.ts';
import type { ReportPlace } from './report-recorder.ts';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

/** Whether a text is W3C trace context that names a span. */
export function isTraceparent(text: string): boolean {
  return parse(text) !== undefined;
}

/** The engine's own span of the query; undefined where it has none, or has not recorded it. */
export function engineSpanContext({ traceparent }: Pick<EngineReport, 'traceparent'>): SpanContext | undefined {
  const context = traceparent === undefined ? undefined : parse(traceparent);
  return context !== undefined && (context.traceFlags & TraceFlags.SAMPLED) !== 0 ? context : undefined;
}

/**
 * The engine's own span as a place to hang things under. Undefined if that span is not recorded, where what hangs under it
 * would be lost, or stands in another trace than the place that ran the engine.
 */
export function enginePlace(report: Pick<EngineReport, 'traceparent'>, place: ReportPlace): ReportPlace | undefined {
  const context = engineSpanContext(report);
  if (context === undefined) return undefined;
  if (trace.getSpanContext(place.otelContext)?.traceId !== context.traceId) return undefined;
  return {
    otelContext: trace.setSpanContext(place.otelContext, context),
    window: place.window,
    hasOwnSpan: false,
  };
}

function parse(text: string): SpanContext | undefined {
  const [matched, version = '', traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(text) ?? [];
  if (matched === undefined || version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  // A later version may have more fields after these; version 00 has none.
  const rest = text.slice(matched.length);
  if (version === '00' ? rest !== '' : rest !== '' && !rest.startsWith('-')) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
