import { defaultSource } from '@planscope/internal/metric-source';
import type { MetricReport } from '@planscope/plan/report';
import {
  METRIC_BYTES_FROM_CACHE,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_OUTPUT_BATCHES,
  METRIC_OUTPUT_BYTES,
  METRIC_OUTPUT_ROWS,
  operatorMetrics,
} from '@planscope/semconv';
import type { Metric, MetricSource, Metrics } from './run.ts';

const definitions = new Map(operatorMetrics.map((definition) => [definition.name, definition]));

/** What a node of a plan counts itself; its other numbers are those of the engine that it ran. */
const COUNTED: ReadonlySet<string> = new Set([
  METRIC_OUTPUT_ROWS,
  METRIC_OUTPUT_BATCHES,
  METRIC_OUTPUT_BYTES,
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_BYTES_FROM_CACHE,
]);

/**
 * A metric with the unit of its registered name.
 *
 * @param told the source, if it is not the usual one
 */
export function measuredMetric(name: string, value: number, isCounted: boolean, told?: MetricSource): Metric {
  const definition = definitions.get(name);
  const source = told ?? (isCounted && COUNTED.has(name) ? 'counted' : defaultSource(name, definition?.unit));
  return { value, ...(definition === undefined ? {} : { unit: definition.unit, type: definition.type }), source };
}

/**
 * Metrics that an engine reported, by name. Several of one name are combined by their type: gauges are the largest, and
 * others are added up.
 */
export function reportedMetrics(reports: readonly MetricReport[]): Metrics {
  const metrics = new Map<string, Metric>();
  for (const { name, type, unit, value, source = defaultSource(name, unit) } of reports) {
    const metric: Metric = { value: Number(value), unit, type, source };
    const known = metrics.get(name);
    const combined = type === 'gauge' ? largestMetric([known, metric]) : sumMetrics([known, metric]);
    metrics.set(name, combined ?? metric);
  }
  return Object.fromEntries(metrics);
}

/** From the most to the least direct. */
const ORDER: readonly MetricSource[] = ['counted', 'io_log', 'profile', 'settings'];

/** The sum of numbers of one unit, with their least direct source; undefined if there is none. */
export function sumMetrics(metrics: Iterable<Metric | undefined>): Metric | undefined {
  return combine(metrics, (sum, value) => sum + value);
}

/** The largest of numbers of one unit; undefined if there is none. */
export function largestMetric(metrics: Iterable<Metric | undefined>): Metric | undefined {
  return combine(metrics, Math.max);
}

function combine(
  metrics: Iterable<Metric | undefined>,
  into: (one: number, other: number) => number,
): Metric | undefined {
  let combined: Metric | undefined;
  for (const metric of metrics) {
    if (metric === undefined) continue;
    const { source: known = metric.source, value } = combined ?? {};
    const source = ORDER.indexOf(metric.source) > ORDER.indexOf(known) ? metric.source : known;
    combined = { ...metric, value: value === undefined ? metric.value : into(value, metric.value), source };
  }
  return combined;
}
