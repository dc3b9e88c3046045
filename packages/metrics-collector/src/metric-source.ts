import type { MetricReport } from '@planscope/plan';
import { METRIC_BYTES_READ, METRIC_BYTES_WRITTEN } from '@planscope/semconv';

/**
 * Where a number comes from: `counted`, from rows or files in this process; `io_log`, summed from the single reads
 * and writes that an engine logged; `profile`, from the engine's profiler.
 */
export type MetricSource = 'counted' | 'io_log' | 'profile';

/** From the most to the least direct. */
const ORDER: readonly MetricSource[] = ['counted', 'io_log', 'profile'];

/** The source of a number made from several: the least direct of them. */
export function leastDirect(sources: Iterable<MetricSource>): MetricSource {
  const present = new Set(sources);
  return ORDER.findLast((source) => present.has(source)) ?? 'counted';
}

/** The engine's source of a reported metric. Unless it is given, bytes and requests come from single reads and writes. */
export function reportedSource({ name, unit, source }: Omit<MetricReport, 'type' | 'value'>): MetricSource {
  if (source !== undefined) return source;
  const isIo = name === METRIC_BYTES_READ || name === METRIC_BYTES_WRITTEN || unit === '{request}';
  return isIo ? 'io_log' : 'profile';
}
