import { smallReads as meanOfSmallReads, SMALL_READS } from '@planscope/internal/checks/small-reads';
import { bytesText, count } from '@planscope/internal/quantity';
import type { StorageCall } from '@planscope/run-model';
import { defineRule, type Rule } from '../rule.ts';

export const smallReads: Rule = defineRule({
  code: 'small-reads',
  title: 'A remote file was read in many small requests',
  meaning: 'A remote file was read in many requests for few bytes each, so that the time goes to round trips.',
  advice: 'Write the file with larger row groups, read fewer columns, or fetch it once and read the local copy.',
  warnings: ['small-reads'],
  thresholds: {
    requests: {
      value: SMALL_READS.requests,
      unit: '{request}',
      reason:
        'At 100 to 200 ms a request, which Amazon documents for S3, and ten at a time, a thousand take 10 to 20 s.',
    },
    bytes: {
      value: SMALL_READS.bytes,
      unit: 'By',
      reason: 'In the time of one round trip a network carries more than a megabyte; 16 KiB are less than 2% of it.',
    },
  },
  *check(view, limits) {
    const reads = view.run.calls.filter(({ direction }) => direction === 'read');
    const total = reads.reduce((sum, { requests }) => sum + requests, 0);
    for (const [location, calls] of byLocation(reads)) {
      const requests = calls.reduce((sum, call) => sum + call.requests, 0);
      const size = calls.reduce((sum, call) => sum + (call.bytes ?? 0), 0);
      if (calls.some((call) => call.bytes === undefined)) continue;
      const mean = meanOfSmallReads({ location, requests, bytes: size }, limits);
      if (mean === undefined) continue;
      const [{ operatorId, queryId } = {}] = calls;
      yield {
        queryId,
        operatorId,
        file: location,
        explanation: `A remote file was read in ${count(requests)} requests of ${bytesText(mean)} on average.`,
        evidence: [
          { name: 'requests', value: requests, unit: '{request}', source: 'io_log' },
          { name: 'bytes read', value: size, unit: 'By', source: 'io_log' },
          { name: 'mean bytes of a request', value: mean, unit: 'By', source: 'derived' },
        ],
        share: requests / total,
        shareOf: 'requests',
      };
    }
  },
});

function byLocation(calls: readonly StorageCall[]): Map<string, StorageCall[]> {
  const found = new Map<string, StorageCall[]>();
  for (const call of calls) {
    if (call.location === undefined) continue;
    const same = found.get(call.location);
    if (same === undefined) found.set(call.location, [call]);
    else same.push(call);
  }
  return found;
}
