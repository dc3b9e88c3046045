import { METRIC_BYTES_READ, METRIC_BYTES_WRITTEN } from '@planscope/semconv';

/**
 * Where a number comes from: `counted` in this process, as rows or files passed; `io_log`, added up from the single reads
 * and writes that an engine logged; `profile`, as the engine's profiler said.
 */
export type MetricSource = 'counted' | 'io_log' | 'profile';

/** From the most to the least direct. */
const ORDER: readonly MetricSource[] = ['counted', 'io_log', 'profile'];

/** The source of a number made from several: the least direct of them. */
export function leastDirect(sources: Iterable<MetricSource>): MetricSource {
  const present = new Set(sources);
  return ORDER.findLast((source) => present.has(source)) ?? 'counted';
}

/** Where an engine has a reported metric from: bytes and requests are known from single reads and writes only. */
export function reportedSource({ name, unit }: { readonly name: string; readonly unit: string }): MetricSource {
  const isIo = name === METRIC_BYTES_READ || name === METRIC_BYTES_WRITTEN || unit === '{request}';
  return isIo ? 'io_log' : 'profile';
}
