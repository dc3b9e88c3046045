import type { MetricReport } from '@planscope/plan';
import { METRIC_ROW_GROUPS_PRUNED, METRIC_ROW_GROUPS_SCANNED } from '@planscope/semconv';
import type { RowGroupActivity } from '../events/activity-tally.ts';

/** How many row groups were read and how many skipped, as metrics; none where none is known. */
export function rowGroupMetrics(files: readonly RowGroupActivity[]): MetricReport[] {
  if (files.length === 0) return [];
  const total = (of: (file: RowGroupActivity) => number): number => files.reduce((sum, file) => sum + of(file), 0);
  return rowGroupCounts(
    total(({ read }) => read),
    total(({ skipped }) => skipped),
  );
}

/** @param skipped undefined if it is not known */
export function rowGroupCounts(read: number, skipped: number | undefined): MetricReport[] {
  const counted = (name: string, value: number): MetricReport => {
    return { name, type: 'count', unit: '{row_group}', value };
  };
  return [
    counted(METRIC_ROW_GROUPS_SCANNED, read),
    ...(skipped === undefined ? [] : [counted(METRIC_ROW_GROUPS_PRUNED, skipped)]),
  ];
}
