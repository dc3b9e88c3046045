import type { ReportedTiming } from '@planscope/plan';
import { TIMING_BASES } from '@planscope/semconv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeTimings } from './planning-report-recorder.ts';

const parent = { start: '1000', end: '2000' };
const lasting = (duration: string): ReportedTiming => ({ basis: 'engine_duration', duration });

describe('placeTimings', () => {
  it('places durations one after another from the start of the parent', () => {
    expect(placeTimings([lasting('100'), lasting('0'), lasting('50')], parent)).toEqual([
      { window: { start: '1000', end: '1100' }, basis: 'engine_duration', clamped: false },
      { window: { start: '1100', end: '1100' }, basis: 'engine_duration', clamped: false },
      { window: { start: '1100', end: '1150' }, basis: 'engine_duration', clamped: false },
    ]);
  });

  it('does not move a window, and continues after it', () => {
    const window = { start: '1300', end: '1400' };
    const [, measured, after] = placeTimings([lasting('100'), { basis: 'measured', window }, lasting('10')], parent);
    expect(measured).toEqual({ window, basis: 'measured', clamped: false });
    expect(after?.window).toEqual({ start: '1400', end: '1410' });
  });

  it.each([{}, { duration: '5' }])(
    'gives what ran somewhere the window of the parent, which moves nothing else: %j',
    (more) => {
      const [whole, next] = placeTimings([{ basis: 'execution_window', ...more }, lasting('10')], parent);
      expect(whole).toEqual({ window: parent, basis: 'execution_window', clamped: false });
      expect(next?.window.start).toBe('1000');
    },
  );

  it.each(['measured', 'observed_events'] as const)('never claims %s without a window', (basis) => {
    expect(placeTimings([{ basis, duration: '5' }], parent)[0]?.basis).toBe('engine_duration');
    expect(placeTimings([{ basis }], parent)[0]?.basis).toBe('execution_window');
  });

  it('clamps and marks steps that do not fit', () => {
    const [long, none] = placeTimings([lasting('1500'), lasting('10')], parent);
    expect(long).toEqual({ window: { start: '1000', end: '2000' }, basis: 'engine_duration', clamped: true });
    expect(none).toEqual({ window: { start: '2000', end: '2000' }, basis: 'engine_duration', clamped: true });
  });

  it('stays within the parent; steps with derived times never overlap and keep their durations, unless clamped', () => {
    const timing: fc.Arbitrary<ReportedTiming> = fc.record(
      {
        basis: fc.constantFrom(...TIMING_BASES),
        duration: fc.nat(1500).map(String),
        window: fc.tuple(fc.nat(3000), fc.nat(500)).map(([at, span]) => ({ start: `${at}`, end: `${at + span}` })),
      },
      { requiredKeys: ['basis'] },
    );
    fc.assert(
      fc.property(fc.array(timing), (timings) => {
        const placed = placeTimings(timings, parent);
        expect(placed).toHaveLength(timings.length);
        let end = 1000;
        for (const [index, { window, clamped }] of placed.entries()) {
          const [from, to] = [Number(window.start), Number(window.end)];
          expect(from >= 1000 && to <= 2000 && from <= to).toBe(true);
          const { basis, duration, window: real }: ReportedTiming = timings[index] ?? lasting('0');
          if (real === undefined && duration !== undefined && basis !== 'execution_window') {
            expect(from).toBeGreaterThanOrEqual(end);
            if (!clamped) expect(to - from).toBe(Number(duration));
            end = to;
          }
        }
      }),
    );
  });
});
