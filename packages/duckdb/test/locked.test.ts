import { expect, it } from 'vitest';
import { ended, startChild } from './child-process.ts';

it('EXPLAIN ANALYZE gives the same on a traced connection whose instance was locked meanwhile', async () => {
  const child = startChild('locked.ts', []);
  expect(JSON.parse(await child.line())).toEqual({ shapes: ['boxes boxes', 'json json'], codes: ['profile-locked'] });
  expect(await ended(child)).toBe(0);
});
