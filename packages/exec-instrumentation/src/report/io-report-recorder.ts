import { type Attributes, SpanKind, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { packageTracer } from '@planscope/internal/package-tracer';
import {
  clampWindow,
  type IoReport,
  type ReportedTiming,
  type ReportPlace,
  type ReportRecorder,
  type ReportScope,
  type TimeWindow,
  toHrTime,
} from '@planscope/plan';
import { type AttributeTexts, createAttributeTexts, describeError } from '@planscope/redaction';
import {
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_OBJECT_STORE_NAME,
  ATTR_OBJECT_STORE_OPERATION,
  ATTR_OBJECT_STORE_RANGES,
  ATTR_OBJECT_STORE_REQUEST_COUNT,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_OPERATOR_ID,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  ATTR_TIMING_CLAMPED,
  sharedSchema,
  textAttributes,
} from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { ExecutionOptionsError } from '../execution-options-error.ts';
import { fitIo } from './merge-io.ts';
import type { DrawnTiming } from './report-windows.ts';

/** How the reads and writes that an engine reported are drawn. */
export interface IoReportOptions {
  /** Default the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Most spans for each operator, store, operation and location; the rest are one span together. Default 8. */
  readonly maxSpansPerLocation?: number;
  /** Most spans for each operator, store and operation; the rest are one span together. Default 32. */
  readonly maxSpans?: number;
  /** Most bytes of one text attribute, in UTF-8; 0 sets no limit; default 16384. */
  readonly maxTextBytes?: number;
  /** Whether reads and writes of a name, `store.operation`, get spans; default all do. */
  readonly isEnabled?: (name: string) => boolean;
}

/**
 * Draws reported reads and writes as storage spans under the operators that asked for them. What goes over a limit or
 * the span budget is merged, its bytes and requests added up.
 *
 * @throws ExecutionOptionsError for a limit that is no whole number from 1 up
 */
export function ioReportRecorder(options: IoReportOptions = {}): ReportRecorder {
  const { maxSpansPerLocation = 8, maxSpans = 32, maxTextBytes = 16_384, isEnabled } = options;
  const limits = {
    perLocation: checkedLimit('maxSpansPerLocation', maxSpansPerLocation),
    perOperation: checkedLimit('maxSpans', maxSpans),
  };
  const tracer = packageTracer(packageJson, options.tracerProvider);
  const texts = createAttributeTexts(textAttributes([sharedSchema]), { maxBytes: maxTextBytes });
  return function readsAndWrites({ io = [] }, scope) {
    try {
      const enabled = isEnabled === undefined ? io : io.filter((entry) => isEnabled(spanName(entry)));
      const { drawn, left } = fitIo(enabled, limits, scope.budget.limit - scope.budget.used);
      for (const entry of [...drawn, ...left]) if (scope.budget.take()) draw(tracer, entry, scope, texts);
      if (left.length > 0) scope.warn({ code: 'io-spans-dropped', message: droppedText(left) });
    } catch (error) {
      const message = `drawing reported reads and writes failed with ${describeError(error).type}; some have no span`;
      scope.warn({ code: 'recorder-failed', message });
    }
  };
}

function draw(tracer: Tracer, entry: IoReport, scope: ReportScope, texts: AttributeTexts): void {
  const parent = placeOf(entry, scope);
  const drawn = timingOf(entry.timing, parent.window);
  const { window, clamped } = clampWindow(drawn.window, parent.window);
  const attributes = {
    [ATTR_SPAN_KIND]: 'storage',
    [ATTR_TIMING_BASIS]: drawn.basis,
    ...(clamped ? { [ATTR_TIMING_CLAMPED]: true } : {}),
    ...texts.attributes(entryAttributes(entry)),
  };
  const options = { kind: SpanKind.INTERNAL, attributes, startTime: toHrTime(window.start) };
  tracer.startSpan(spanName(entry), options, parent.otelContext).end(toHrTime(window.end));
}

/**
 * Where an entry is drawn: in its own window; with a duration alone, at its parent's start; with neither, over its parent's
 * whole window. The basis never says more than the report did.
 */
function timingOf({ basis, duration, window }: ReportedTiming, parent: TimeWindow): DrawnTiming {
  if (window !== undefined) return { window, basis };
  if (duration === undefined) return { window: parent, basis: 'execution_window' };
  const end = (BigInt(parent.start) + BigInt(duration)).toString();
  return { window: { start: parent.start, end }, basis: basis === 'proportional' ? basis : 'engine_duration' };
}

function spanName({ store, operation }: IoReport): string {
  return `${store}.${operation}`;
}

function placeOf({ operatorId }: IoReport, scope: ReportScope): ReportPlace {
  return (operatorId === undefined ? undefined : scope.operators.get(operatorId)) ?? scope.place;
}

function entryAttributes(entry: IoReport): Attributes {
  const ranges = entry.ranges?.map(([from, to]) => `${from}-${to}`).join(',');
  const bytes = /^(put|write|complete)/.test(entry.operation)
    ? ATTR_OBJECT_STORE_CONTENT_LENGTH
    : ATTR_OBJECT_STORE_RESULT_BYTES;
  return {
    [ATTR_OBJECT_STORE_NAME]: entry.store,
    [ATTR_OBJECT_STORE_OPERATION]: entry.operation,
    [ATTR_OBJECT_STORE_LOCATION]: entry.location,
    [bytes]: Number(entry.bytes),
    [ATTR_OBJECT_STORE_REQUEST_COUNT]: entry.requests,
    ...(ranges === undefined ? {} : { [ATTR_OBJECT_STORE_RANGES]: ranges }),
    ...(entry.operatorId === undefined ? {} : { [ATTR_OPERATOR_ID]: entry.operatorId }),
  };
}

function droppedText(left: readonly IoReport[]): string {
  const bytes = left.reduce((sum, entry) => sum + BigInt(entry.bytes), 0n);
  const requests = left.reduce((sum, entry) => sum + entry.requests, 0);
  return `the span budget left no room for reads and writes of ${bytes} bytes in ${requests} requests; raise it to see them`;
}

function checkedLimit(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new ExecutionOptionsError(name, value, 'a whole number from 1 up');
}
