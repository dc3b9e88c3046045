import type { MetricReport } from '@planscope/plan';
import { METRIC_ROW_GROUPS_PRUNED, METRIC_ROW_GROUPS_SCANNED } from '@planscope/semconv';
import type { RowGroupActivity } from '../events/activity-tally.ts';

/** How many row groups were read and how many skipped, as metrics; none where none is known. */
export function rowGroupMetrics(files: readonly RowGroupActivity[]): MetricReport[] {
  if (files.length === 0) return [];
  const total = (name: string, of: (file: RowGroupActivity) => number): MetricReport => {
    return { name, type: 'count', unit: '{row_group}', value: files.reduce((sum, file) => sum + of(file), 0) };
  };
  return [
    total(METRIC_ROW_GROUPS_SCANNED, ({ read }) => read),
    total(METRIC_ROW_GROUPS_PRUNED, ({ skipped }) => skipped),
  ];
}
