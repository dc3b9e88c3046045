import { expect, it } from 'vitest';
import { ended, startChild } from './child-process.ts';

it('a query that spills runs to its end, traced or beside a traced one, and the process exits', async () => {
  const child = startChild('spill.ts', []);
  expect(JSON.parse(await child.line())).toEqual({ spilled: true, isBusy: true });
  expect(await ended(child)).toBe(0);
});
