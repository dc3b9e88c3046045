import type { EngineReport } from '@planscope/plan/report';
import { expect, it } from 'vitest';
import { clockOffset } from './clock-offset.ts';

const NOON = 1_764_158_400_000n;

/** @param start in milliseconds after noon */
function windowOf(start: number, end: number): { start: string; end: string } {
  const at = (milliseconds: number): string => String((NOON + BigInt(milliseconds)) * 1_000_000n);
  return { start: at(start), end: at(end) };
}

function reportOf(start: number, end: number, status: EngineReport['status'] = 'ok'): EngineReport {
  return { version: 2, engine: { name: 'trino', version: '483' }, status, window: windowOf(start, end) };
}

const seen = windowOf(0, 1_000);

it.each([
  ['within what the program saw', 10, 990],
  ['ending a little later', 10, 1_050],
  ['beginning within the same millisecond', -1, 990],
])('may be zero for a query %s', (_, start, end) => {
  expect(clockOffset(reportOf(start, end), seen)).toBeUndefined();
});

it.each([
  [5_000, 10, 990],
  [-5_000, 10, 990],
  [200, 5, 1_000],
])('of %i ms is found within its uncertainty', (offset, start, end) => {
  const found = clockOffset(reportOf(start + offset, end + offset), seen);
  const { uncertainty = Number.NaN, offset: estimate = Number.NaN } = found ?? {};
  expect(Math.abs(estimate - offset * 1e6)).toBeLessThanOrEqual(uncertainty);
  expect(uncertainty).toBeLessThan(70e6);
});

it('does not come from tasks that end after a failed query', () => {
  expect(clockOffset(reportOf(10, 9_000, 'error'), seen)).toBeUndefined();
  expect(clockOffset(reportOf(3_010, 9_000, 'error'), seen)?.offset).toBeGreaterThan(1.9e9);
});
