import type { Run } from '@planscope/run-model';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordedRuns, runOfSpans } from '../../test/recorded-runs.ts';
import { timeTicks } from '../plan/timeline-rows.ts';
import { tellingRows } from './draw-timeline.ts';
import { toSvg } from './to-svg.ts';

let flights: Run;
let failed: Run;
beforeAll(async () => {
  flights = (await recordedRuns('flights'))[0] as Run;
  failed = (await recordedRuns('tpch')).at(-1) as Run;
});

/** The same run with another text in one place. */
const withLocation = (run: Run, text: string): Run => ({
  ...run,
  calls: run.calls.map((call) => (call.operation === 'put' ? { ...call, location: text } : call)),
});

describe('a drawing of the timeline', () => {
  it('leaves out rules that changed nothing and read nothing, and projections that cost nothing', () => {
    const rows = tellingRows(flights).map(({ name }) => name);
    expect(rows).toContain('resolve_names (modified)');
    expect(rows).not.toContain('cte_filter_pusher');
    const cheap = flights.operators.filter(
      ({ name, computeShare = 1 }) => name === 'PROJECTION' && computeShare < 0.01,
    );
    expect(rows.filter((name) => name === 'PROJECTION')).toHaveLength(
      flights.operators.filter(({ name }) => name === 'PROJECTION').length - cheap.length,
    );
    expect(rows).toContain('READ_PARQUET');
  });

  it('says how many of the spans it shows, and escapes what they say', () => {
    const svg = toSvg(withLocation(flights, 'out/a<b>&c.parquet'), { drawing: 'timeline' });
    expect(svg).toContain(`${tellingRows(flights).length} of ${flights.spans.length} spans`);
    expect(svg).toContain('a&lt;b&gt;&amp;c.parquet');
    expect(svg).not.toContain('a<b>');
  });

  it('draws hollow what only its execution is known of, with its compute time', () => {
    const svg = toSvg(flights, { drawing: 'timeline' });
    const hollow = tellingRows(flights).filter(({ style }) => style === 'hollow');
    expect(svg.match(/class="operator hollow"/g)).toHaveLength(hollow.length);
    expect(svg).toContain('hollow: ran somewhere in this window');
    expect(svg.match(/ms compute/g)?.length).toBeGreaterThan(2);
  });

  it('shows what an operator does, its estimate beside its rows, and what it read', () => {
    const scan = flights.operators.find(({ name }) => name === 'READ_PARQUET');
    const svg = toSvg(flights, { drawing: 'timeline' });
    expect(svg).toContain('READ_PARQUET<tspan class="quiet">  flights-3m.parquet</tspan>');
    expect(svg).toContain(`${scan?.estimatedRows?.toLocaleString('en-US')} → ${scan?.rows?.toLocaleString('en-US')}`);
    expect(svg).toContain(`${((scan?.bytesRead ?? 0) / 1e6).toFixed(2)} MB`);
  });

  it('is cut after 400 rows', () => {
    const svg = toSvg(runOfSpans(1000), { drawing: 'timeline' });
    expect(svg).toContain('400 of 1000 spans');
    expect(svg.match(/<rect /g)).toHaveLength(401);
  });
});

describe('a drawing of the plan', () => {
  it('has a box for each operator and an edge for each input', () => {
    const svg = toSvg(flights);
    expect(svg.match(/class="card"/g)).toHaveLength(flights.operators.length);
    const inputs = flights.operators.filter(({ parentId }) => parentId !== undefined).length;
    expect(svg.match(/class="edge"/g)).toHaveLength(inputs);
    expect(svg.match(/class="edge shared"/g)?.length).toBeGreaterThan(0);
    expect(svg).toContain('120× fewer than est.');
  });

  it('is refused for a run without operators', () => {
    expect(() => toSvg(failed)).toThrow(/has no operators to draw/);
  });
});

describe('timeTicks', () => {
  it.each([
    [0, 754, [0, 200, 400, 600]],
    [0, 10, [0, 2, 4, 6, 8, 10]],
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [130, 154, [130, 135, 140, 145, 150]],
    [5, 5, []],
  ])('are round numbers from %d to %d', (from, to, expected) => {
    const found = timeTicks(from, to);
    expect(found).toHaveLength(expected.length);
    found.forEach((tick, index) => {
      expect(tick).toBeCloseTo(expected[index] ?? Number.NaN);
    });
  });
});
