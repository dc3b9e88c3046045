import { deferSpans } from '@planscope/semconv';
import { expect, it } from 'vitest';
import { afterDrawing } from './draw-deferred.ts';

it('draws before it returns, and waits for what is expected within one deadline', async () => {
  let drawn = 0;
  let expected: Promise<void> | undefined;
  deferSpans(
    () => {
      drawn += 1;
    },
    () => expected,
  );
  const given: number[] = [];
  const next = async (leftMillis: number): Promise<void> => void given.push(leftMillis);
  const done = afterDrawing(1_000, next);
  expect([drawn, given]).toEqual([1, [1_000]]);
  await done;

  expected = new Promise((resolve) => setTimeout(resolve, 30));
  const waiting = afterDrawing(60_000, next);
  expect(drawn).toBe(1);
  await waiting;
  expect(drawn).toBe(2);
  expect(given[1]).toBeLessThan(59_990);

  expected = new Promise(() => {});
  await afterDrawing(20, next);
  expect([drawn, given[2]]).toEqual([3, expect.closeTo(0, 0)]);
});
