import type { Run } from '@planscope/run-model';
import { drawPlan } from './draw-plan.ts';
import { drawTimeline } from './draw-timeline.ts';

/** How a picture is drawn. */
export interface SvgOptions {
  /** `plan`: the operators as a graph; `timeline`: all parts of the run as a waterfall. Default: `plan`. */
  readonly drawing?: 'plan' | 'timeline';
}

/**
 * A run as a picture without links, scripts or fonts of its own, whose colours follow the reader's choice of light or
 * dark.
 * @throws RangeError if the run has nothing to draw: no operators, or neither spans nor other parts
 */
export function toSvg(run: Run, { drawing = 'plan' }: SvgOptions = {}): string {
  return drawing === 'plan' ? drawPlan(run) : drawTimeline(run);
}
