import type { TimeWindow } from '@planscope/plan/report';
import type { TrinoQueryStats } from './query-info.ts';
import { isBefore } from './task-windows.ts';

/** From the creation of a query to its end; of one that still runs, to when the report was made. */
export function queryWindow({ created = '0', ended, elapsed = 0 }: TrinoQueryStats): TimeWindow {
  const end = ended ?? String(BigInt(created) + BigInt(elapsed));
  return { start: created, end: isBefore(end, created) ? created : end };
}
