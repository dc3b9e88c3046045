import { readFileSync } from 'node:fs';
import {
  ATTR_PLAN_PREVIOUS_ROWS,
  ATTR_PLAN_PREVIOUS_SAMPLED_RUNS,
  ATTR_PLAN_REGRESSED,
  ATTR_PLAN_ROWS,
  ATTR_PLAN_SAMPLED_RUNS,
  EVENT_PLAN_COMPARED,
} from '@planscope/semconv';
import { describe, expect, it } from 'vitest';
import type { QuerySample } from '../src/compare/query-sample.ts';
import { regressionsOfSamples } from '../src/compare/regressions.ts';
import { planChanges, regressions } from '../src/index.ts';
import { PlanWatch } from '../src/live/plan-watch.ts';
import { RUNS, regressionPairs, runPair } from './regression-pairs.ts';

interface Recorded {
  readonly before: readonly QuerySample[];
  readonly after: readonly QuerySample[];
}
const file = new URL('recorded/regression-pairs.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Recorded>>;

it('there are ten pairs, of which five are regressions', () => {
  expect(regressionPairs).toHaveLength(10);
  expect(regressionPairs.filter(({ cause }) => cause !== undefined)).toHaveLength(5);
});

describe.each(regressionPairs)('$name', (pair) => {
  const expected = pair.cause === undefined ? [] : [pair.cause];

  it('is judged by counted work', async () => {
    const { before, after } = await runPair(pair);
    const found = regressions(before, after, { timings: false });
    expect(found.map(({ cause }) => cause)).toEqual(expected);
    const changes = planChanges([...after, ...before]);
    expect(changes.map((change) => [change.before.runs, change.after.runs])).toEqual(
      pair.changesPlan ? [[RUNS, RUNS]] : [],
    );
    const told = after.flatMap(({ spans }) => spans.flatMap(({ events }) => events));
    const compared = told.filter(({ name }) => name === EVENT_PLAN_COMPARED).map(({ attributes }) => attributes);
    expect(compared).toHaveLength(pair.changesPlan ? 1 : 0);
    for (const attributes of compared) {
      expect(attributes).toMatchObject({ [ATTR_PLAN_SAMPLED_RUNS]: RUNS, [ATTR_PLAN_PREVIOUS_SAMPLED_RUNS]: RUNS });
      // Without a regression, the times of a busy machine may tell one.
      if (pair.cause !== undefined) expect(attributes[ATTR_PLAN_REGRESSED]).toBe(true);
      else expect(attributes[ATTR_PLAN_ROWS]).toBeLessThan(1.5 * Number(attributes[ATTR_PLAN_PREVIOUS_ROWS]));
    }
    for (const regression of found) {
      expect(regression).toMatchObject({ runsBefore: RUNS, runsAfter: RUNS, planChanged: pair.changesPlan });
      expect(regression.worst.after).toBeGreaterThan(regression.worst.before);
      expect(regression.confidence).toBeGreaterThan(0.99);
    }
  }, 120_000);

  it('is judged by recorded times', () => {
    const { before = [], after = [] } = recorded[pair.name] ?? {};
    expect([before.length, after.length]).toEqual([RUNS, RUNS]);
    const found = regressionsOfSamples(before, after);
    expect(found.map(({ cause }) => cause)).toEqual(expected);
  });

  it('is told once while the program runs, if the plan changed', () => {
    const { before = [], after = [] } = recorded[pair.name] ?? {};
    const watch = new PlanWatch();
    const told = [...before, ...after, ...after].map((sample) => watch.add([sample]).comparisons);
    const place = before.length + RUNS - 1;
    expect(told.flatMap((comparisons, index) => comparisons.map(() => index))).toEqual(pair.changesPlan ? [place] : []);
    const [comparison] = told[place] ?? [];
    expect(comparison?.regression?.cause).toBe(pair.changesPlan ? pair.cause : undefined);
    if (comparison === undefined) return;
    expect(comparison.change).toMatchObject({ before: { runs: RUNS }, after: { runs: RUNS } });
    expect(comparison.message).toContain('medians of 5 and 5 runs');
    expect(comparison.message).toMatch(pair.cause === undefined ? /^not worse with its new plan: / : /^worse with/);
  });
});

describe('regressions', () => {
  const sample = (numbers: QuerySample['numbers'], more: Partial<QuerySample> = {}): QuerySample => ({
    query: 'q',
    plan: 'p',
    summary: 'SELECT t',
    tables: 't',
    failed: false,
    numbers,
    operators: [],
    ...more,
  });
  const times = (base: number, values: readonly number[]): QuerySample[] =>
    values.map((value) => sample({ compute: (base + value) * 1e6 }));
  const noise = [0, 7, 3, 9, 5];

  it('tell the medians, the factor with its interval, and the chance', () => {
    const [found] = regressionsOfSamples(times(100, noise), times(200, noise));
    expect(found).toMatchObject({ cause: 'slower', runsBefore: 5, runsAfter: 5, planChanged: false });
    expect(found?.worst).toMatchObject({ name: 'compute', before: 105e6, after: 205e6 });
    expect(found?.worst.factor).toBeCloseTo(1.952, 3);
    expect(found?.worst.chance).toBeCloseTo(1 / 252, 6);
    const [low, high] = found?.worst.interval ?? [0, 0];
    expect([low > 1.8, high < 2.1]).toEqual([true, true]);
    expect(found?.explanation).toBe(
      'it does the same work in more time: compute time 105 ms before, 205 ms after (2.0 times; medians of 5 and 5 runs, 0.4 % by chance)',
    );
  });

  it('are not reported for few runs, overlapping times or small differences', () => {
    expect(regressionsOfSamples(times(100, [0, 1]), times(200, [0, 1]))).toEqual([]);
    expect(regressionsOfSamples(times(100, [0, 90, 20, 80, 10]), times(130, [0, 90, 20, 80, 10]))).toEqual([]);
    expect(regressionsOfSamples(times(100, noise), times(115, noise))).toEqual([]);
    expect(regressionsOfSamples(times(1, [0, 0.1, 0.2, 0.3, 0.4]), times(3, [0, 0.1, 0.2, 0.3, 0.4]))).toEqual([]);
  });

  it('leave out more work that takes less time, and failed runs', () => {
    const runs = (compute: number, rows: number, failed = false): QuerySample[] =>
      noise.map((value) => sample({ compute: (compute + value) * 1e6, rows }, { failed }));
    expect(regressionsOfSamples(runs(200, 100_000), runs(50, 900_000))).toEqual([]);
    expect(regressionsOfSamples(runs(100, 100_000), runs(100, 900_000)).map(({ cause }) => cause)).toEqual([
      'more-rows',
    ]);
    expect(regressionsOfSamples(runs(100, 100_000), runs(200, 900_000, true))).toEqual([]);
  });

  it('tell more data from lost pruning by the result', () => {
    const runs = (rows: number, outputRows: number): QuerySample[] =>
      noise.map(() => sample({ rows, scannedRows: rows, outputRows }));
    const causes = (before: QuerySample[], after: QuerySample[]): string[] =>
      regressionsOfSamples(before, after).map(({ cause }) => cause);
    expect(causes(runs(100_000, 10), runs(1_000_000, 100))).toEqual(['more-data']);
    expect(causes(runs(100_000, 10), runs(1_000_000, 10))).toEqual(['lost-pruning']);
  });

  it('name spilling if one run told it and none did before', () => {
    const runs = (compute: number, spilled: readonly (number | undefined)[]): QuerySample[] =>
      spilled.map((spilledBytes, index) => {
        const numbers = { compute: (compute + (noise[index] ?? 0)) * 1e6 };
        return sample(spilledBytes === undefined ? numbers : { ...numbers, spilledBytes });
      });
    const causes = (before: QuerySample[], after: QuerySample[]): string[] =>
      regressionsOfSamples(before, after).map(({ cause }) => cause);
    const after = runs(200, [5e6, undefined, undefined, undefined, undefined]);
    expect(causes(runs(100, [0, 0, 0, 0, 0]), after)).toEqual(['spill']);
    expect(causes(runs(100, [0, 0, undefined, 0, 0]), after)).toEqual(['slower']);
    expect(causes(runs(200, [0, 0, 0, 0, 0]), after)).toEqual([]);
  });

  it('compare queries over the same tables only', () => {
    const other = times(200, noise).map((one) => ({ ...one, tables: 'u' }));
    expect(regressionsOfSamples(times(100, noise), other)).toEqual([]);
  });
});
