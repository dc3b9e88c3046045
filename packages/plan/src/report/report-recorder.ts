import { type Context, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import type { RunIdentity, SpanBudget, WarningSink } from '../execution/execution-plan.ts';
import type { EngineReport, TimeWindow } from './engine-report.ts';

/** Where a reported thing is drawn: the context of its span and the window that span covers. */
export interface ReportPlace {
  readonly otelContext: Context;
  readonly window: TimeWindow;
  /** False where the span in the context is that of something above, since this place has none; default true. */
  readonly hasOwnSpan?: boolean;
}

/** What the recorders of one report share. */
export interface ReportScope {
  /** The span that the report belongs under. */
  readonly place: ReportPlace;
  /** Filled by the recorder that draws stages, so that their operators can hang under them; keyed by stage id. */
  readonly stages: Map<string, ReportPlace>;
  /** Filled by the recorder that draws operators, so that what is drawn later can hang under them; keyed by operator id. */
  readonly operators: Map<string, ReportPlace>;
  readonly run: RunIdentity;
  readonly budget: SpanBudget;
  readonly warn: WarningSink;
}

/** Draws one part of a report as spans. Recorders run in order: planning, stages, operators, I/O. */
export type ReportRecorder = (report: EngineReport, scope: ReportScope) => void;

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
