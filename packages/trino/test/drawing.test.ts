import { findings } from '@planscope/findings';
import { type StageReport, stageSpread, stageTaskCounts } from '@planscope/plan';
import { runsFromSpans } from '@planscope/run-model';
import type { RecordedSpan } from '@planscope/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrinoQueryInfo } from '../src/report/query-info.ts';
import { readQueryInfo } from '../src/report/read-query-info.ts';
import { toEngineReport } from '../src/report/to-engine-report.ts';
import { drawnTrace } from './drawn-trace.ts';
import { recording } from './recordings.ts';

const finished = readQueryInfo(recording('483-finished'));
const ids = (spans: readonly RecordedSpan[], name: string): (string | undefined)[] =>
  spans.filter((span) => span.name === name).map(({ parentSpanContext }) => parentSpanContext?.spanId);

describe('the parent of stages and operators', () => {
  const ofTrino = 'b7ad6b7169203331';
  const inTrace = (flags: string) => (traceId: string) => ({
    ...toEngineReport(finished),
    traceparent: `00-${traceId}-${ofTrino}-${flags}`,
  });

  it("is Trino's own span of the query if the program wants that", () => {
    const { spans } = drawnTrace(inTrace('01'), { operatorsUnder: 'engine' });
    expect(ids(spans, 'stage')).toEqual([ofTrino, ofTrino, ofTrino]);
    const query = spans.find(({ name }) => name === 'query')?.spanContext().spanId;
    // The phases are known from the report alone.
    expect(ids(spans, 'optimize_logical_plan')).toEqual([query]);
  });

  it.each([
    ['by default', {}, inTrace('01')],
    ['if Trino records no spans', { operatorsUnder: 'engine' } as const, inTrace('00')],
    ['if Trino made its span in another trace', { operatorsUnder: 'engine' } as const, () => toEngineReport(finished)],
  ])('is the span that ran the query %s', (_, options, report) => {
    const { spans } = drawnTrace(report, options);
    const query = spans.find(({ name }) => name === 'query')?.spanContext().spanId;
    expect(ids(spans, 'stage')).toEqual([query, query, query]);
  });
});

const START = Date.parse('2026-11-28T12:06:48Z');
const instant = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

/** A query of one stage whose tasks took these seconds; the task with number n put out n rows. */
function queryOf(seconds: readonly number[], failed: readonly number[] = []): TrinoQueryInfo {
  const tasks = seconds.map((duration, id) => ({
    taskStatus: {
      taskId: `q.0.${id}.0`,
      state: failed.includes(id) ? 'FAILED' : 'FINISHED',
      nodeId: `worker-${id}`,
      failures: failed.includes(id) ? [{ errorCode: { name: 'REMOTE_TASK_ERROR' } }] : [],
    },
    stats: { createTime: instant(0), endTime: instant(duration), outputPositions: id, totalCpuTime: '1.00s' },
  }));
  const outputPositions = seconds.reduce((sum, _, id) => sum + id, 0);
  const plan = { jsonRepresentation: '{"id": "1", "name": "TopN", "children": []}' };
  const stage = { stageId: 'q.0', state: 'FINISHED', plan, tasks, stageStats: { outputPositions } };
  return readQueryInfo({
    queryId: 'q',
    state: 'FINISHED',
    finalQueryInfo: true,
    queryStats: { createTime: instant(0), endTime: instant(Math.max(...seconds)) },
    stages: { outputStageId: 'q.0', stages: [stage] },
  });
}

describe('a stage of many tasks', () => {
  it('has its skew as numbers, and as a finding', () => {
    const { spans } = drawnTrace(toEngineReport(queryOf([2, 2, 3, 2, 20, 2])));
    expect(spans.find(({ name }) => name === 'stage')?.attributes).toMatchObject({
      'planscope.stage.task_count': 6,
      'planscope.stage.undrawn_task_count': 2,
      'planscope.stage.spread.duration.median': 2e9,
      'planscope.stage.spread.duration.most': 20e9,
      'planscope.stage.spread.output_rows.most': 5,
    });
    const [run] = runsFromSpans(spans);
    if (run === undefined) throw new RangeError('a run');
    expect(findings(run).find(({ rule }) => rule === 'skewed-stage')).toMatchObject({
      stageId: '0',
      explanation: 'The slowest of 6 tasks took 20 s, and the median 2 s.',
      share: 0.9,
    });
  });

  it('keeps to the budget, and its sums are those of all tasks', () => {
    const report = toEngineReport(queryOf(Array.from({ length: 1_000 }, (_, id) => id % 7)));
    const { spans, budget } = drawnTrace(report, { maxSpans: 25, stages: { maxTasksPerStage: 1_000 } });
    expect(spans).toHaveLength(25 + 1);
    expect(budget.dropped).toBe(0);
    const tasks = spans.filter(({ name }) => name === 'task');
    expect(spans.find(({ name }) => name === 'stage')?.attributes).toMatchObject({
      'planscope.stage.task_count': 1_000,
      'planscope.stage.undrawn_task_count': 1_000 - tasks.length,
      'datafusion.metrics.output_rows': (999 * 1_000) / 2,
    });
    // The stage and its operators come first.
    expect(spans.filter(({ name }) => name === 'TopN')).toHaveLength(1);
  });

  it('keeps those that failed and the slowest, and counts the others', () => {
    const seconds = Array.from({ length: 1_000 }, (_, id) => (id === 500 ? 90 : 1 + (id % 7)));
    const report = toEngineReport(queryOf(seconds, [3, 700]));
    const [stage] = report.stages ?? [];
    expect(stage?.tasks).toHaveLength(64);
    expect(stage?.tasks.slice(0, 3).map(({ id }) => id)).toEqual(['700', '3', '500']);
    expect(stage?.otherTasks).toEqual({ count: 936, failed: 0 });
    expect(stage?.timing.window?.end).toBe(report.window.end);
    expect(stageSpread({ ...stage, tasks: [] } as never)).toContainEqual({
      name: 'duration',
      unit: 'ns',
      least: 1e9,
      median: 4e9,
      most: 90e9,
    });
    const { spans } = drawnTrace(report);
    expect(spans.find(({ name }) => name === 'stage')?.attributes).toMatchObject({
      'planscope.stage.task_count': 1_000,
      'planscope.stage.failed_task_count': 2,
      'planscope.stage.undrawn_task_count': 996,
      'planscope.stage.spread.output_rows.most': 999,
    });
  });

  it('has distributions over all tasks, whether they are kept or not', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 200 }), (seconds) => {
        const [stage] = toEngineReport(queryOf(seconds)).stages ?? [];
        const sorted = seconds.toSorted((one, other) => one - other).map((value) => value * 1e9);
        const [least, median, most] = [sorted[0], sorted[Math.ceil(sorted.length / 2) - 1], sorted.at(-1)];
        const found = stageSpread(stage as StageReport).find(({ name }) => name === 'duration');
        expect([found?.least, found?.median, found?.most].map(Number)).toEqual([least, median, most]);
        expect(stageTaskCounts(stage as StageReport)).toEqual({ all: seconds.length, failed: 0 });
      }),
      { numRuns: 30 },
    );
  });
});

it('a recorder that fails warns, and the others draw', () => {
  const failing = {
    isEnabled: () => {
      throw new Error('not today');
    },
  };
  const { spans, warnings } = drawnTrace(toEngineReport(finished), { stages: failing });
  expect(warnings).toEqual([
    { code: 'recorder-failed', message: 'recorder "stages" failed with Error; the others went on' },
  ]);
  expect(spans.some(({ name }) => name === 'InnerJoin')).toBe(true);
});
