import type { Run } from '@planscope/run-model';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordedRuns } from '../../test/recorded-runs.ts';
import { timelineRows } from '../plan/timeline-rows.ts';
import { type EventedProfile, type SampledProfile, toSpeedscope } from './to-speedscope.ts';

let flights: Run;
beforeAll(async () => {
  flights = (await recordedRuns('flights'))[0] as Run;
});

describe('toSpeedscope', () => {
  it('adds the compute time of operators up', () => {
    const { profiles, shared } = toSpeedscope(flights);
    const [compute] = profiles as [SampledProfile];
    const sum = flights.operators.reduce((total, operator) => total + (operator.compute ?? 0), 0);
    expect(compute.weights.reduce((total, weight) => total + weight, 0)).toBe(sum);
    expect(compute.endValue).toBe(sum);
    const names = compute.samples.map((stack) => shared.frames[stack.at(-1) ?? -1]?.name);
    expect(names).toContain('Read parquet flights-3m.parquet');
  });

  it('nests what it places in time, and places only what was', () => {
    const { profiles, shared } = toSpeedscope(flights);
    const timelines = profiles.slice(1) as EventedProfile[];
    let opened = 0;
    for (const { events, startValue, endValue } of timelines) {
      const open: number[] = [];
      let time = startValue;
      for (const { type, frame, at } of events) {
        expect(at).toBeGreaterThanOrEqual(time);
        time = at;
        if (type === 'O') {
          open.push(frame);
          opened += 1;
        } else expect(open.pop()).toBe(frame);
      }
      expect(open).toEqual([]);
      expect(time).toBe(endValue);
    }
    expect(opened).toBe(timelineRows(flights).filter(({ style }) => style === 'solid' || style === 'hatched').length);
    const placed = timelines.flatMap(({ events }) => events.map(({ frame }) => shared.frames[frame]?.name));
    expect(placed).not.toContain('HASH_JOIN INNER on origin = iata');
  });
});
