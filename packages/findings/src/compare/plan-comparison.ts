import { durationText } from '@planscope/internal/quantity';
import { changeOf, type PlanChange, type Samples } from './plan-changes.ts';
import { type Comparison, comparisonsOf, type Regression, regressionOf } from './regressions.ts';

/** A query with its new plan, compared with the plan before. */
export interface PlanComparison {
  /** Both plans with their runs and medians. */
  readonly change: PlanChange;
  /** Absent if the query did not become worse. */
  readonly regression?: Regression;
  /** All numbers that both sides have. */
  readonly comparisons: readonly Comparison[];
  /** One sentence with the medians and the runs of both sides, and how sure it is. */
  readonly message: string;
}

/** Compares the runs of a query with two plans. */
export function comparePlans(before: Samples, after: Samples): PlanComparison {
  const change = changeOf(before, after);
  const regression = regressionOf(before, after);
  if (regression !== undefined) {
    const message = `worse with its new plan: ${regression.explanation}`;
    return { change, regression, comparisons: regression.comparisons, message };
  }
  const comparisons = comparisonsOf(before, after);
  const time = comparisons.find(({ unit }) => unit === 'ns');
  const runs = `medians of ${before.length} and ${after.length} runs`;
  const numbers =
    time === undefined
      ? runs
      : `${time.name} ${durationText(time.before)} before, ${durationText(time.after)} after (${time.interval.map((end) => end.toFixed(2)).join(' to ')} times with 95%; ${runs})`;
  return { change, comparisons, message: `not worse with its new plan: ${numbers}` };
}
