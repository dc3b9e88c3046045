import type { MetricReport } from '@planscope/plan';
import type { MemoryLimits } from '../measure/memory-limits.ts';
import { METRIC_QUERY_MEMORY_LIMIT, METRIC_QUERY_TEMPORARY_STORAGE_LIMIT } from '../semconv.ts';

/** What the memory and the temporary storage of a query compare with. */
export function limitMetrics({ memory, temporaryStorage }: MemoryLimits = {}): MetricReport[] {
  const limits = [
    [METRIC_QUERY_MEMORY_LIMIT, memory],
    [METRIC_QUERY_TEMPORARY_STORAGE_LIMIT, temporaryStorage],
  ] as const;
  return limits.flatMap(([name, value]) => {
    return value === undefined ? [] : [{ name, type: 'gauge', unit: 'By', value, source: 'settings' } as const];
  });
}
