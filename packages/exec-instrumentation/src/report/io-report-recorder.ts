import { type Attributes, SpanKind, SpanStatusCode, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { packageTracer } from '@planscope/internal/package-tracer';
import {
  clampWindow,
  coveringWindow,
  type HttpRequestReport,
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
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_OBJECT_STORE_CONTENT_LENGTH,
  ATTR_OBJECT_STORE_LOCATION,
  ATTR_OBJECT_STORE_NAME,
  ATTR_OBJECT_STORE_OPERATION,
  ATTR_OBJECT_STORE_RANGES,
  ATTR_OBJECT_STORE_REQUEST_COUNT,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_OPERATOR_ID,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  ATTR_TIMING_CLAMPED,
  sharedSchema,
  TIMING_BASES,
  type TimingBasis,
  textAttributes,
} from '@planscope/semconv';
import packageJson from '../../package.json' with { type: 'json' };
import { ExecutionOptionsError } from '../instrumentation-options.ts';
import type { DrawnTiming } from './report-windows.ts';

/** How reported reads and writes are drawn. */
export interface IoReportOptions {
  /** Default: the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Maximum number of spans for an operator, store, operation and location; the rest share one span. Default: 8. */
  readonly maxSpansPerLocation?: number;
  /** Maximum number of spans for an operator, store and operation; the rest share one span. Default: 32. */
  readonly maxSpans?: number;
  /** Maximum size of a text attribute in bytes of UTF-8; 0 means no limit. Default: 16384. */
  readonly maxTextBytes?: number;
  /** Whether reads and writes with a name, `store.operation`, get spans. Default: all. */
  readonly isEnabled?: (name: string) => boolean;
}

/**
 * Draws reported reads and writes as storage spans under their operators. Entries beyond a limit or the span budget are
 * merged, with their bytes and requests added up.
 *
 * @throws ExecutionOptionsError for a limit that is not a whole number from 1 up
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
  const { request } = entry;
  const kind = request === undefined ? SpanKind.INTERNAL : SpanKind.CLIENT;
  const span = tracer.startSpan(
    spanName(entry),
    { kind, attributes, startTime: toHrTime(window.start) },
    parent.otelContext,
  );
  if (request?.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(toHrTime(window.end));
}

/**
 * The window of an entry: its own window; with only a duration, from the start of its parent; with neither, the whole
 * window of its parent. The basis never claims more than the report.
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
    ...(entry.system === undefined ? {} : { [ATTR_DB_SYSTEM_NAME]: entry.system }),
    ...(entry.operatorId === undefined ? {} : { [ATTR_OPERATOR_ID]: entry.operatorId }),
    ...requestAttributes(entry.request),
  };
}

function requestAttributes(request: HttpRequestReport | undefined): Attributes {
  if (request === undefined) return {};
  const { method, host, port, status, resend, error } = request;
  return {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    ...(host === undefined ? {} : { [ATTR_SERVER_ADDRESS]: host }),
    ...(port === undefined ? {} : { [ATTR_SERVER_PORT]: port }),
    ...(status === undefined ? {} : { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
    ...(resend === undefined ? {} : { [ATTR_HTTP_REQUEST_RESEND_COUNT]: resend }),
    ...(error === undefined ? {} : { [ATTR_ERROR_TYPE]: error }),
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

/** Maximum numbers of separate entries. */
export interface MergeLimits {
  /** For each operator, store, operation and location. */
  readonly perLocation: number;
  /** For each operator, store and operation. */
  readonly perOperation: number;
}

/** The entries to draw, and those beyond the budget. */
export interface FittedIo {
  readonly drawn: readonly IoReport[];
  readonly left: readonly IoReport[];
}

/**
 * Merges reported reads and writes until their number fits: first for each location, then over locations. Entries are
 * dropped, the smallest first, only if there are more operators, stores and operations than spans.
 *
 * @param room maximum number of spans
 */
export function fitIo(io: readonly IoReport[], limits: MergeLimits, room: number): FittedIo {
  const operations = groupByOperation(io).length;
  const share = Math.max(1, Math.min(limits.perOperation, Math.floor(room / Math.max(1, operations))));
  const steps: readonly MergeLimits[] = [
    limits,
    { ...limits, perLocation: 1 },
    { perLocation: 1, perOperation: share },
  ];
  let merged: IoReport[] = [];
  for (const step of steps) {
    merged = mergeIo(io, step);
    if (merged.length <= room) return { drawn: merged, left: [] };
  }
  const bySize = merged.toSorted((left, right) => Number(BigInt(right.bytes) - BigInt(left.bytes)));
  return { drawn: bySize.slice(0, room), left: bySize.slice(room) };
}

/**
 * Merges reported reads and writes down to the limits. The largest remain separate; the rest become one entry with the
 * sum of their bytes and requests, so that no byte is lost.
 */
function mergeIo(io: readonly IoReport[], limits: MergeLimits): IoReport[] {
  const byLocation = grouped(io, ({ operatorId, store, operation, location, system, request }) => [
    operatorId,
    store,
    system,
    operation,
    location,
    request?.status,
    request?.error,
  ]);
  const located = byLocation.flatMap((group) => capped(group, limits.perLocation, mergeRanges));
  return groupByOperation(located).flatMap((group) => capped(group, limits.perOperation, mergeLocations));
}

/** Entries of the same operator, store and operation, which ended alike. */
function groupByOperation(io: readonly IoReport[]): IoReport[][] {
  return grouped(io, ({ operatorId, store, operation, system, request }) => [
    operatorId,
    store,
    system,
    operation,
    request?.status,
    request?.error,
  ]);
}

type Distinct = Pick<IoReport, 'location' | 'ranges'>;

function capped(group: readonly IoReport[], most: number, merge: (rest: readonly IoReport[]) => Distinct): IoReport[] {
  if (group.length <= most) return [...group];
  const bySize = group.toSorted((left, right) => Number(BigInt(right.bytes) - BigInt(left.bytes)));
  const rest = bySize.slice(most - 1);
  const { ranges: _, request, ...shape } = rest[0] as IoReport;
  const merged = {
    ...shape,
    ...(request === undefined ? {} : { request: sharedRequest(request, rest) }),
    ...merge(rest),
    bytes: rest.reduce((sum, { bytes }) => sum + BigInt(bytes), 0n).toString(),
    requests: rest.reduce((sum, { requests }) => sum + requests, 0),
    timing: mergeTimings(rest.map(({ timing }) => timing)),
  };
  return [...bySize.slice(0, most - 1), merged];
}

/** What several requests have in common that ended alike. */
function sharedRequest(
  { resend: _, host, port, ...request }: HttpRequestReport,
  rest: readonly IoReport[],
): HttpRequestReport {
  const isOneServer = rest.every((entry) => entry.request?.host === host && entry.request?.port === port);
  return isOneServer
    ? { ...request, ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) }
    : request;
}

function mergeRanges(rest: readonly IoReport[]): Distinct {
  const ranges = rest.flatMap((entry) => entry.ranges ?? []);
  return { location: (rest[0] as IoReport).location, ...(ranges.length === 0 ? {} : { ranges }) };
}

function mergeLocations(rest: readonly IoReport[]): Distinct {
  const locations = new Set(rest.map(({ location }) => location));
  const [only = ''] = locations;
  return { location: locations.size === 1 ? only : `${locations.size} other locations` };
}

/** From the first to the last event, with the least precise basis of all entries. */
function mergeTimings(timings: readonly ReportedTiming[]): ReportedTiming {
  const windows = timings.flatMap(({ window }) => (window === undefined ? [] : [window]));
  if (windows.length < timings.length) return { basis: 'execution_window' };
  const bases: TimingBasis[] = ['observed_events', ...timings.map(({ basis }) => basis)];
  const weakest = Math.max(...bases.map((basis) => TIMING_BASES.indexOf(basis)));
  return {
    basis: TIMING_BASES[weakest] ?? 'execution_window',
    window: coveringWindow(windows as [TimeWindow, ...TimeWindow[]]),
  };
}

function grouped(io: readonly IoReport[], key: (entry: IoReport) => unknown[]): IoReport[][] {
  const groups = new Map<string, IoReport[]>();
  for (const entry of io) {
    const name = JSON.stringify(key(entry));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}
