import { present } from '@planscope/internal/present';
import type { ExecutionStatus } from '@planscope/plan/report';
import {
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_ENGINE_ERROR_TYPE,
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_TYPE,
  ATTR_METRIC_SOURCES,
  ATTR_RUN_STATUS,
  ATTR_TIMING_BASIS,
  ATTR_TIMING_CLAMPED,
  ATTR_TIMING_REPORTED_DURATION,
  DATAFUSION_METRICS_PREFIX,
  PLANSCOPE_METRICS_PREFIX,
  type TimingBasis,
} from '@planscope/semconv';
import { measuredMetric } from '../metric-sources.ts';
import type { Metric, MetricSource, Metrics, RunError, Timing } from '../run.ts';
import type { TraceAttributes, TraceSpan } from './trace-span.ts';

export function textOf(attributes: TraceAttributes, key: string): string | undefined {
  const value = attributes.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** A finite number; an integer beyond 2^53 is rounded to the nearest double. */
export function numberOf(attributes: TraceAttributes, key: string): number | undefined {
  const value = attributes.get(key);
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textsOf(attributes: TraceAttributes, key: string): string[] {
  const value = attributes.get(key);
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** The duration of a span in nanoseconds, 0 if it ends before it starts. */
export function durationOf({ start, end }: TraceSpan): number {
  return end < start ? 0 : Number(end - start);
}

/** @param origin start of the run */
export function timingOf(span: TraceSpan, origin: bigint): Timing {
  const { attributes } = span;
  return {
    basis: (textOf(attributes, ATTR_TIMING_BASIS) as TimingBasis | undefined) ?? 'measured',
    start: Number(span.start - origin),
    duration: durationOf(span),
    ...present({ reportedDuration: numberOf(attributes, ATTR_TIMING_REPORTED_DURATION) }),
    ...(attributes.get(ATTR_TIMING_CLAMPED) === true ? { clamped: true as const } : {}),
  };
}

const STATUSES: ReadonlySet<string> = new Set<ExecutionStatus>(['ok', 'error', 'cancelled']);

export function statusOf({ attributes, failed }: TraceSpan): ExecutionStatus | undefined {
  const status = textOf(attributes, ATTR_RUN_STATUS);
  if (status !== undefined && STATUSES.has(status)) return status as ExecutionStatus;
  return failed ? 'error' : undefined;
}

/** Why a span failed; undefined if it did not. */
export function errorOf({ attributes, failed, statusMessage, events }: TraceSpan): RunError | undefined {
  if (!failed && !attributes.has(ATTR_ERROR_TYPE) && !attributes.has(ATTR_DB_RESPONSE_STATUS_CODE)) return undefined;
  const exception = events.find((event) => event.attributes.has(ATTR_EXCEPTION_TYPE))?.attributes ?? new Map();
  return present({
    type: textOf(attributes, ATTR_ERROR_TYPE) ?? textOf(exception, ATTR_EXCEPTION_TYPE),
    message: statusMessage || textOf(exception, ATTR_EXCEPTION_MESSAGE),
    code: textOf(attributes, ATTR_DB_RESPONSE_STATUS_CODE),
    engineType: textOf(attributes, ATTR_ENGINE_ERROR_TYPE),
  });
}

/**
 * The metrics of a span, by their names.
 *
 * @param isCounted whether the program measured the span itself, so that its rows and bytes were counted
 */
export function metricsOf(attributes: TraceAttributes, isCounted: boolean): Metrics {
  const sources = sourcesOf(attributes);
  const metrics: [string, Metric][] = [];
  for (const key of attributes.keys()) {
    const prefix = [DATAFUSION_METRICS_PREFIX, PLANSCOPE_METRICS_PREFIX].find((start) => key.startsWith(start));
    const value = prefix === undefined ? undefined : numberOf(attributes, key);
    if (prefix === undefined || value === undefined) continue;
    const name = key.slice(prefix.length);
    metrics.push([name, measuredMetric(name, value, isCounted, sources?.get(name))]);
  }
  return Object.fromEntries(metrics);
}

const SOURCES: ReadonlySet<string> = new Set<MetricSource>(['counted', 'io_log', 'profile', 'settings']);

/** The sources that a span tells of its metrics, by their names; undefined if all are the usual ones. */
function sourcesOf(attributes: TraceAttributes): Map<string, MetricSource> | undefined {
  if (!attributes.has(ATTR_METRIC_SOURCES)) return undefined;
  const pairs = textsOf(attributes, ATTR_METRIC_SOURCES).map((text) => {
    const end = text.lastIndexOf('=');
    return [text.slice(0, end), text.slice(end + 1)] as const;
  });
  return new Map(pairs.filter((pair): pair is readonly [string, MetricSource] => SOURCES.has(pair[1])));
}
