import type { ExporterStats } from '@planscope/bootstrap';
import type { ReceiverReport } from './start-receiver.ts';

/**
 * What the pipeline has counted beside what has arrived, in one line. The process fails when they do not agree: each span
 * must be counted once, and each that counts as exported must have arrived.
 */
export function balanceBooks(stats: ExporterStats | undefined, { received, distinct }: ReceiverReport): string {
  if (stats === undefined) throw new Error('no exporter has counted anything');
  const { made, exported, unknown, pending, dropped, droppedByReason } = stats;
  const complete = exported + dropped + unknown + pending === made;
  const isTrue = distinct >= exported && distinct <= exported + unknown;
  if (!complete || !isTrue || pending > 0) process.exitCode = 1;
  const reasons = Object.entries(droppedByReason).map(([reason, spans]) => `${reason} ${spans}`);
  const verdict = process.exitCode === 1 ? 'the books DO NOT balance' : 'the books balance';
  return (
    `made ${made} = exported ${exported} + dropped ${dropped}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''} ` +
    `+ unknown ${unknown}; arrived ${distinct}, on the wire ${received}: ${verdict}`
  );
}
