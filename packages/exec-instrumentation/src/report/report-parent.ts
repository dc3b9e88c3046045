import { type EngineReport, enginePlace, type ReportPlace, type ReportScope } from '@planscope/plan';
import { oneOf } from '../operator-span-settings.ts';

/**
 * What stages and operators of a report hang under: `caller`, the span that ran the engine, or `engine`, the engine's own
 * span of the query. The latter needs a report with the `traceparent` of a span that was recorded in the caller's trace;
 * otherwise they hang under the caller.
 */
export type ReportParent = 'caller' | 'engine';

/** @throws ExecutionOptionsError */
export function reportParent(
  under: ReportParent = 'caller',
): (report: EngineReport, scope: ReportScope) => ReportPlace {
  oneOf('under', under, ['caller', 'engine']);
  if (under === 'caller') return (_, { place }) => place;
  return (report, { place }) => enginePlace(report, place) ?? place;
}
