import type { Attributes } from '@opentelemetry/api';
import type { Metric } from '@planscope/plan';
import { ATTR_METRICS_ROUNDED, datafusionMetricKey } from '@planscope/semconv';

/** The largest double an exporter can still write as a 64-bit integer. */
const LARGEST = 2 ** 63 - 1024;

/**
 * Aggregated metrics as attributes, each a number under its own name; no list of names, so none is lost.
 *
 * A whole number beyond 2^53 becomes the nearest number there is, at most 2^63 - 1024, and its name is listed in
 * `planscope.metrics.rounded`. A value that is no finite number, as the ratio 0/0, is left out.
 */
export function metricAttributes(metrics: Iterable<Metric>): Attributes {
  const attributes: Attributes = {};
  const rounded: string[] = [];
  for (const { name, value } of metrics) {
    const number = Math.max(-LARGEST, Math.min(LARGEST, Number(value)));
    if (!Number.isFinite(Number(value))) continue;
    if (typeof value === 'bigint' && BigInt(number) !== value) rounded.push(name);
    attributes[datafusionMetricKey(name)] = number;
  }
  if (rounded.length > 0) attributes[ATTR_METRICS_ROUNDED] = rounded;
  return attributes;
}
