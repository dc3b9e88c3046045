import { findings } from '@planscope/findings';
import { runsFromSpans } from '@planscope/run-model';
import type { RecordedSpan } from '@planscope/testing';
import { describe, expect, it } from 'vitest';
import type { TrinoQueryInfo, TrinoStage, TrinoTask } from '../src/report/query-info.ts';
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

/** A query of one stage whose tasks took these seconds. */
function queryOf(seconds: readonly number[]): TrinoQueryInfo {
  const [stage] = finished.stages ?? [];
  const [task] = stage?.tasks ?? [];
  if (stage === undefined || task === undefined) throw new RangeError('a stage with a task');
  const start = BigInt(finished.stats.created ?? 0);
  const tasks = seconds.map((duration, id): TrinoTask => {
    const ended = String(start + BigInt(duration) * 1_000_000_000n);
    return {
      ...task,
      id: String(id),
      created: String(start),
      ended,
      pipelines: [],
      totals: { outputRows: id, cpu: 1 },
    };
  });
  const outputRows = tasks.reduce((sum, { totals }) => sum + (totals.outputRows ?? 0), 0);
  const made: TrinoStage = { ...stage, tasks, inputs: [], totals: { outputRows } };
  const ended = String(start + BigInt(Math.max(...seconds)) * 1_000_000_000n);
  return { ...finished, stats: { ...finished.stats, ended }, stages: [made] };
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
    // The phases, their rules, the stage and its operators are drawn first.
    expect(spans.filter(({ name }) => name === 'TopN')).toHaveLength(1);
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
