import type { Run } from '@planscope/run-model';
import { expect, it } from 'vitest';
import { RunSelection } from './run-selection.ts';

function run(id: string, spans: number, duration = 0): Run {
  return { id, identity: {}, duration, spans: Array(spans).fill({}) } as unknown as Run;
}

const ids = ({ runs }: RunSelection): string[] => runs.map(({ id }) => id);

it('keeps the last runs, within a number of runs and of spans', () => {
  const selection = new RunSelection({ limit: 3, slowest: false, maxSpans: 100 });
  for (let index = 0; index < 10; index += 1) selection.add(run(`run ${index}`, 10));
  expect(ids(selection)).toEqual(['run 7', 'run 8', 'run 9']);
  selection.add(run('large', 85));
  expect(ids(selection)).toEqual(['run 9', 'large']);
  selection.add(run('larger', 500));
  expect(ids(selection)).toEqual(['larger']);
  expect([selection.seen, selection.left]).toEqual([12, 11]);
});

it('keeps the slowest runs', () => {
  const selection = new RunSelection({ limit: 2, slowest: true });
  for (const duration of [5, 9, 1, 7]) selection.add(run(`of ${duration} ns`, 1, duration));
  expect(ids(selection)).toEqual(['of 9 ns', 'of 7 ns']);
});

it('holds 40,000 spans unless told otherwise', () => {
  const selection = new RunSelection({ limit: 1000, slowest: false });
  for (let index = 0; index < 1000; index += 1) selection.add(run(`run ${index}`, 1000));
  expect(selection.runs).toHaveLength(40);
});
