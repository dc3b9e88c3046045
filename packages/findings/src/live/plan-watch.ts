import { RUNS_TO_COMPARE } from '@planscope/internal/comparison/compare-numbers';
import { changeOf, type PlanChange, type Samples } from '../compare/plan-changes.ts';
import { comparePlans, type PlanComparison } from '../compare/plan-comparison.ts';
import { type QuerySample, sampleKey } from '../compare/query-sample.ts';

/** The most queries whose plans are known, and the most runs of one plan that its medians are made of. */
const MAX_QUERIES = 500;
const MAX_RUNS = 30;

/** The plan of a query. */
interface KnownPlan {
  readonly samples: Samples;
  /** Those with the plan before it, until both are compared. */
  readonly before: Samples | undefined;
}

/** The last plan of each query, of the queries that ran last. */
export class PlanWatch {
  readonly #plans = new Map<string, KnownPlan>();

  /** Adds executions in order of time. @returns what changed with them, and the plans that can be compared since */
  add(samples: readonly QuerySample[]): { readonly changes: PlanChange[]; readonly comparisons: PlanComparison[] } {
    const changes: PlanChange[] = [];
    const comparisons: PlanComparison[] = [];
    for (const found of samples) {
      if (found.failed || found.plan === undefined) continue;
      // Only the plan and its numbers are kept.
      const sample = { ...found, operators: [] };
      const key = sampleKey(sample);
      const known = this.#plans.get(key);
      const isSame = known?.samples[0].plan === sample.plan;
      if (known !== undefined && !isSame) changes.push(changeOf(known.samples, [sample]));
      const current: KnownPlan =
        known !== undefined && isSame
          ? withSample(known, sample)
          : { samples: [sample] as Samples, before: known?.samples };
      const compared = compareOnce(current);
      if (compared !== undefined) comparisons.push(compared);
      this.#plans.delete(key);
      this.#plans.set(key, compared === undefined ? current : { ...current, before: undefined });
      const [oldest] = this.#plans.keys();
      if (this.#plans.size > MAX_QUERIES && oldest !== undefined) this.#plans.delete(oldest);
    }
    return { changes, comparisons };
  }
}

function withSample({ samples, before }: KnownPlan, sample: QuerySample): KnownPlan {
  samples.push(sample);
  if (samples.length > MAX_RUNS) samples.shift();
  return { samples, before };
}

/** Compares once, as soon as both plans have enough runs: a test that is repeated finds a regression by chance. */
function compareOnce({ samples, before }: KnownPlan): PlanComparison | undefined {
  if (before === undefined || before.length < RUNS_TO_COMPARE || samples.length < RUNS_TO_COMPARE) return undefined;
  return comparePlans(before, samples);
}
