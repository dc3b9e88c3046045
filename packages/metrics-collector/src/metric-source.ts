import { defaultSource } from '@planscope/internal/metric-source';
import type { MetricReport } from '@planscope/plan';

/**
 * Where a number comes from: `counted`, from rows or files in this process; `io_log`, summed from the single reads
 * and writes that an engine logged; `profile`, from the engine's profiler; `settings`, from the settings of the engine.
 */
export type MetricSource = 'counted' | 'io_log' | 'profile' | 'settings';

/** From the most to the least direct. */
const ORDER: readonly MetricSource[] = ['counted', 'io_log', 'profile', 'settings'];

/** The source of a number made from several: the least direct of them. */
export function leastDirect(sources: Iterable<MetricSource>): MetricSource {
  const present = new Set(sources);
  return ORDER.findLast((source) => present.has(source)) ?? 'counted';
}

/** The engine's source of a reported metric. */
export function reportedSource({ name, unit, source }: Omit<MetricReport, 'type' | 'value'>): MetricSource {
  return source ?? defaultSource(name, unit);
}
