import { engineReportConformance } from '@planscope/plan/testing';
import { describe, expect, it } from 'vitest';
import { RECORDINGS, type Recording, recording } from '../../test/recordings.ts';
import { trinoSchema } from '../semconv.ts';
import { readQueryInfo } from './read-query-info.ts';
import { toEngineReport } from './to-engine-report.ts';

const report = (name: Recording): ReturnType<typeof toEngineReport> => toEngineReport(readQueryInfo(recording(name)));

describe.each(Object.keys(RECORDINGS) as Recording[])('the report of %s', (name) => {
  const options = { markers: ['BUILDING', '1995-03-15', '123-45-6789', 'secretcol'], schemas: [trinoSchema] };
  for (const { name: rule, run } of engineReportConformance(() => report(name), options)) it(rule, run);
});

describe('the times of a report', () => {
  it('place the analysis before planning starts, and planning where it starts', () => {
    const [analyze, optimize] = report('483-finished').planning ?? [];
    const started = '1795867608509512422';
    expect(analyze?.timing).toEqual({
      basis: 'engine_duration',
      duration: '11830000',
      window: { start: '1795867608497682422', end: started },
    });
    expect(optimize?.timing).toMatchObject({ duration: '346310000', window: { start: started } });
  });

  it('end with the last task that had to be stopped', () => {
    const { window, stages = [] } = report('476-cancelled');
    expect(window).toEqual({ start: '1795864379084000000', end: '1795864382429000000' });
    expect(stages[0]?.timing.window?.end).toBe(window.end);
  });

  it('of an operator are those of its pipelines and inputs', () => {
    const [top] = report('483-small').stages?.[1]?.operators ?? [];
    expect(top?.timing).toEqual({
      basis: 'observed_events',
      window: { start: '1795867620815266867', end: '1795867620946209109' },
    });
  });
});

it('a stage that finished has all its numbers, even if the query failed', () => {
  const finished = readQueryInfo(recording('483-failed'));
  const [top, scan] = finished.stages ?? [];
  if (top === undefined || scan === undefined) throw new RangeError('two stages');
  const failed = toEngineReport({ ...finished, stages: [top, { ...scan, state: 'FINISHED' }] });
  expect(failed.stages?.map(({ partial }) => partial)).toEqual([true, false]);
});
