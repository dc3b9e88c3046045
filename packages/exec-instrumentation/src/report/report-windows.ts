import {
  type EngineReport,
  enginePlace,
  type OperatorReport,
  type ReportedTiming,
  type ReportPlace,
  type ReportScope,
  type TimeWindow,
} from '@planscope/plan';
import { METRIC_ELAPSED_COMPUTE, type TimingBasis } from '@planscope/semconv';
import { oneOf } from '../operator-span-settings.ts';

/** Where an operator is drawn, and how that came about. */
export interface DrawnTiming {
  readonly window: TimeWindow;
  readonly basis: TimingBasis;
}

/**
 * Says where an operator is drawn.
 *
 * @param whole the window that it ran in somewhere: that of its stage, else that of the execution
 * @param around the window its parent got; at the top, the whole
 */
export type ReportLayout = (operator: OperatorReport, whole: TimeWindow, around: TimeWindow) => DrawnTiming;

/**
 * Draws what was reported and nothing else: a real window where there is one, a real duration from the start of its
 * parent, and where all that is known is that it ran somewhere in the execution, the whole execution.
 */
export function drawnWindow(timing: ReportedTiming, whole: TimeWindow, around: TimeWindow): DrawnTiming {
  const { basis, window, duration } = timing;
  if (window !== undefined) return { window, basis };
  if (duration === undefined) return { window: whole, basis };
  const end = BigInt(around.start) + BigInt(duration);
  return { window: { start: around.start, end: end.toString() }, basis };
}

/** Each operator as it was reported. */
export const reportedLayout: ReportLayout = ({ timing }, whole, around) => drawnWindow(timing, whole, around);

/**
 * Lays out operators without a time of their own one after the other, each as wide as its share of the compute time
 * below their parent. A picture of cost, not of time, and marked so: basis `proportional`. Operators whose time was
 * measured stay where it was, and where no compute time is known nothing is made up.
 */
export function proportionalLayout(report: EngineReport): ReportLayout {
  const places = new Map<OperatorReport, { readonly before: number; readonly share: number }>();
  const place = (siblings: readonly OperatorReport[], whole: number): void => {
    let before = 0;
    for (const operator of siblings) {
      const compute = computeBelow(operator);
      if (whole > 0) places.set(operator, { before: before / whole, share: compute / whole });
      before += compute;
      place(operator.children, compute);
    }
  };
  const trees = [report.operators ?? [], ...(report.stages ?? []).map((stage) => stage.operators ?? [])];
  for (const roots of trees) {
    place(
      roots,
      roots.reduce((sum, root) => sum + computeBelow(root), 0),
    );
  }
  return (operator, whole, around) => {
    const drawn = places.get(operator);
    if (drawn === undefined || operator.timing.basis !== 'execution_window')
      return reportedLayout(operator, whole, around);
    const start = BigInt(around.start);
    const width = Number(BigInt(around.end) - start);
    const at = (share: number): string => (start + BigInt(Math.floor(width * Math.min(share, 1)))).toString();
    return { window: { start: at(drawn.before), end: at(drawn.before + drawn.share) }, basis: 'proportional' };
  };
}

/** Compute time of an operator and everything below it, in nanoseconds. */
function computeBelow(operator: OperatorReport): number {
  const own = operator.metrics
    .filter(({ name }) => name === METRIC_ELAPSED_COMPUTE)
    .reduce((sum, { value }) => sum + Number(value), 0);
  return operator.children.reduce((sum, child) => sum + computeBelow(child), own);
}

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
