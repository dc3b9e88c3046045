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

/** The window of an operator, and its origin. */
export interface DrawnTiming {
  readonly window: TimeWindow;
  readonly basis: TimingBasis;
}

/**
 * Determines the window of an operator.
 *
 * @param whole the window in which it ran at some time: that of its stage, else that of the execution
 * @param around the window of its parent; at the top, the whole window
 */
export type ReportLayout = (operator: OperatorReport, whole: TimeWindow, around: TimeWindow) => DrawnTiming;

/**
 * Uses only what was reported: the window if there is one, else the duration from the start of its parent, else the
 * window of the whole execution.
 */
export function drawnWindow(timing: ReportedTiming, whole: TimeWindow, around: TimeWindow): DrawnTiming {
  const { basis, window, duration } = timing;
  if (window !== undefined) return { window, basis };
  if (duration === undefined) return { window: whole, basis };
  const end = BigInt(around.start) + BigInt(duration);
  return { window: { start: around.start, end: end.toString() }, basis };
}

/** Gives each operator the window that was reported for it. */
export const reportedLayout: ReportLayout = ({ timing }, whole, around) => drawnWindow(timing, whole, around);

/**
 * Lays out operators without a time one after another, with widths by their share of the compute time below their
 * parent. This shows cost and not time, so it is marked with the basis `proportional`. Operators with a measured time
 * keep it, and without any compute time the layout does not change.
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
 * The parent of reported stages and operators: `caller`, the span that ran the engine, or `engine`, the engine's own
 * span of the query. The latter requires a report with the `traceparent` of a recorded span in the caller's trace;
 * otherwise the caller is the parent.
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
