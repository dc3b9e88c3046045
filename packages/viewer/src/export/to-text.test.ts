import type { Run } from '@planscope/run-model';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordedRuns, runOfOperators } from '../../test/recorded-runs.ts';
import { toText } from './to-text.ts';

describe('toText', () => {
  let tpch: Run[];
  beforeAll(async () => {
    tpch = await recordedRuns('tpch');
  });

  it('is the whole of a query on a screen', () => {
    const run = tpch[5] as Run;
    const finding = {
      rule: 'misestimate',
      severity: 'warning',
      title: 'The filter keeps fewer rows than estimated',
      explanation: '',
      evidence: [],
      share: 0.9,
      operatorId: run.operators.at(-1)?.id ?? '',
      advice: 'Collect statistics.',
    };
    expect(toText(run, [finding])).toMatchSnapshot();
  });

  it('says why a run failed', () => {
    expect(toText(tpch.at(-1) as Run)).toContain('error: InvalidInputError: Invalid Input Error\n');
  });

  it('cuts a plan of any size and depth', () => {
    const { operators, ...run } = runOfOperators(20_000);
    const chain = operators.map((operator, index) =>
      index === 0 ? operator : { ...operator, parentId: `operator ${index - 1}` },
    );
    const text = toText({ ...run, operators: chain });
    expect(text).toContain('… 19,800 more');
    expect(text.length).toBeLessThan(50_000);
  });
});
