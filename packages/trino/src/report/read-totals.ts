import { present } from '@planscope/internal/present';
import type { TrinoTotals } from './query-info.ts';
import { bytesOf, countOf, durationOf, type Fields } from './report-values.ts';

/** The sums of a query, a stage or a task, which have the same names in all three. */
export function readTotals(stats: Fields): TrinoTotals {
  return present({
    outputRows: countOf(stats.outputPositions),
    outputBytes: bytesOf(stats.outputDataSize),
    cpu: durationOf(stats.totalCpuTime),
    scheduled: durationOf(stats.totalScheduledTime),
    blocked: durationOf(stats.totalBlockedTime),
    inputBlocked: durationOf(stats.inputBlockedTime),
    physicalInputBytes: bytesOf(stats.physicalInputDataSize),
    physicalInputRows: countOf(stats.physicalInputPositions),
    physicalInputReadTime: durationOf(stats.physicalInputReadTime),
    networkInputBytes: bytesOf(stats.internalNetworkInputDataSize),
    writtenBytes: bytesOf(stats.physicalWrittenDataSize),
    peakMemoryBytes: bytesOf(stats.peakUserMemoryReservation),
    spilledBytes: bytesOf(stats.spilledDataSize),
  });
}
