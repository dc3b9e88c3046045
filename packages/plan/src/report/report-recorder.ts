import { type Context, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import type { RunIdentity, SpanBudget, WarningSink } from '../execution/execution-plan.ts';
import type { EngineReport, TimeWindow } from './engine-report.ts';

/** The place of a part of a report in the trace: the context of its span and the window of that span. */
export interface ReportPlace {
  readonly otelContext: Context;
  readonly window: TimeWindow;
  /** False if this place has no span and the context has the span of a parent. Default: true. */
  readonly hasOwnSpan?: boolean;
}

/** The state that the recorders of one report share. */
export interface ReportScope {
  /** The parent of the report. */
  readonly place: ReportPlace;
  /** Places of stages by id, set by their recorder, so that operators can have them as parents. */
  readonly stages: Map<string, ReportPlace>;
  /** Places of operators by id, set by their recorder, so that later spans can have them as parents. */
  readonly operators: Map<string, ReportPlace>;
  readonly run: RunIdentity;
  readonly budget: SpanBudget;
  readonly warn: WarningSink;
}

/** Draws one part of a report as spans. Recorders run in order: planning, stages, operators, I/O. */
export interface ReportRecorder {
  /** Draws at once. */
  (report: EngineReport, scope: ReportScope): void;
  /**
   * Draws the same in small steps, about one for each span. Between two of them, other work of the event loop may run. A
   * recorder without it draws at once.
   */
  readonly inSteps?: (report: EngineReport, scope: ReportScope) => Generator<void, void, void>;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

/** Whether a text is a valid W3C `traceparent`. */
export function isTraceparent(text: string): boolean {
  return parse(text) !== undefined;
}

/** The engine's own span of the query; undefined if it has none or has not recorded it. */
export function engineSpanContext({ traceparent }: Pick<EngineReport, 'traceparent'>): SpanContext | undefined {
  const context = traceparent === undefined ? undefined : parse(traceparent);
  return context !== undefined && (context.traceFlags & TraceFlags.SAMPLED) !== 0 ? context : undefined;
}

/**
 * The engine's own span as a parent. Undefined if the span is not recorded, because its children would be lost, or if
 * it is in another trace than the place that ran the engine.
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
  // Later versions may append more fields; version 00 does not.
  const rest = text.slice(matched.length);
  if (version === '00' ? rest !== '' : rest !== '' && !rest.startsWith('-')) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
