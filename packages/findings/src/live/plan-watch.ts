import type { Run } from '@planscope/run-model';
import { changeOf, type PlanChange, type Samples } from '../compare/plan-changes.ts';
import { sampleKey, samplesOf } from '../compare/query-sample.ts';

/** The most queries whose plans are known, and the most runs of one plan that its medians are made of. */
const MAX_QUERIES = 500;
const MAX_RUNS = 30;

/** The last plan of each query, of the queries that ran last. */
export class PlanWatch {
  readonly #plans = new Map<string, Samples>();

  /** Adds a run. @returns what changed with it */
  add(run: Run): PlanChange[] {
    const changes: PlanChange[] = [];
    for (const found of samplesOf(run)) {
      if (found.failed || found.plan === undefined) continue;
      // Only the plan and its numbers are kept.
      const sample = { ...found, operators: [] };
      const key = sampleKey(sample);
      const known = this.#plans.get(key);
      this.#plans.delete(key);
      if (known === undefined || known[0].plan !== sample.plan) {
        if (known !== undefined) changes.push(changeOf(known, [sample]));
        this.#plans.set(key, [sample]);
      } else {
        known.push(sample);
        if (known.length > MAX_RUNS) known.shift();
        this.#plans.set(key, known);
      }
      const [oldest] = this.#plans.keys();
      if (this.#plans.size > MAX_QUERIES && oldest !== undefined) this.#plans.delete(oldest);
    }
    return changes;
  }
}
