import { type DropReason, dropReasonAdvice } from './exporter/delivery.ts';
import type { ExporterStats } from './queue/delivery-ledger.ts';

/** One sentence on the spans that should have arrived and did not, with what to do about each reason; undefined when all did. */
export function describeLosses(stats: ExporterStats): string | undefined {
  const { exporter, destination, made, exported, unknown, droppedByReason } = stats;
  const { fast_query: unwanted = 0, ...losses } = droppedByReason;
  const reasons = (Object.entries(losses) as [DropReason, number][]).map(
    ([reason, spans]) => `${spans} dropped as ${reason} (${dropReasonAdvice[reason]})`,
  );
  if (unknown > 0) reasons.push(`${unknown} sent without an answer that says whether they arrived`);
  if (reasons.length === 0) return undefined;
  return `exporter ${exporter} (${destination}): ${exported} of ${made - unwanted} spans arrived; ${reasons.join('; ')}`;
}
