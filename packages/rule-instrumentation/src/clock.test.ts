import { afterEach, expect, it, vi } from 'vitest';
import { keep, session, traced } from '../test/planning-fixture.ts';

afterEach(() => vi.restoreAllMocks());

it.each([7, -7])('rules lie within their phase when the system’s clock is set by %i milliseconds', async (step) => {
  const now = Date.now.bind(Date);
  let set = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + set);
  const setClock = {
    ...keep('set_clock'),
    apply: (plan: never) => {
      set += step;
      return plan;
    },
  };
  const { recorder } = await traced(session({ optimizerRules: [setClock, keep('after')] }), {});
  const spans = recorder.spans();
  const phase = spans.find(({ name }) => name === 'optimize_logical_plan');
  const rules = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === phase?.spanContext().spanId);
  expect(rules.map(({ name }) => name)).toEqual(['set_clock', 'after']);
  for (const { startTime, endTime } of rules) {
    expect(nanoseconds(startTime)).toBeGreaterThanOrEqual(nanoseconds(phase?.startTime));
    expect(nanoseconds(endTime)).toBeLessThanOrEqual(nanoseconds(phase?.endTime));
  }
});

function nanoseconds([seconds, rest]: readonly [number, number] = [Number.NaN, 0]): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}
