import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StageReport, TaskReport } from './engine-report.ts';
import { stageSpread, stageTaskCounts } from './report-stages.ts';

const rows = (value: number | string) => ({ name: 'output_rows', type: 'count', unit: '{row}', value }) as const;

function task(id: number, value: number | string | undefined, more: Partial<TaskReport> = {}): TaskReport {
  const metrics = value === undefined ? [] : [rows(value)];
  return { id: String(id), status: 'ok', timing: { basis: 'engine_duration', duration: String(id) }, metrics, ...more };
}

function stage(tasks: readonly TaskReport[], more: Partial<StageReport> = {}): StageReport {
  return { id: '0', parents: [], timing: { basis: 'execution_window' }, metrics: [], tasks, ...more };
}

const rowSpread = (of: StageReport) => stageSpread(of).find(({ name }) => name === 'output_rows');

describe('stageSpread', () => {
  it('returns numbers of real tasks: the minimum, the one at position ⌈n/2⌉, and the maximum', () => {
    expect(stageSpread(stage([task(1, 40), task(2, 10), task(3, '9007199254740993'), task(4, 20)]))).toEqual([
      { name: 'output_rows', unit: '{row}', least: 10, median: 20, most: '9007199254740993' },
      { name: 'duration', unit: 'ns', least: '1', median: '2', most: '4' },
    ]);
  });

  it('is ordered for any tasks', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n }), { minLength: 2 }), (values) => {
        const found = rowSpread(stage(values.map((value, id) => task(id, String(value)))));
        const sorted = values.toSorted((one, other) => (one < other ? -1 : 1)).map(String);
        expect(found?.least).toBe(sorted[0]);
        expect(found?.most).toBe(sorted.at(-1));
        expect(sorted.filter((value) => BigInt(value) <= BigInt(found?.median ?? 0)).length * 2).toBeGreaterThanOrEqual(
          values.length,
        );
        expect(sorted.filter((value) => BigInt(value) >= BigInt(found?.median ?? 0)).length * 2).toBeGreaterThanOrEqual(
          values.length,
        );
      }),
    );
  });

  it('excludes failed tasks', () => {
    const failed = task(3, 0, { status: 'error' });
    expect(rowSpread(stage([task(1, 5), task(2, 7), failed]))).toMatchObject({ least: 5, median: 5, most: 7 });
    expect(stageSpread(stage([task(1, 5), failed]))).toEqual([]);
  });

  it('omits a number that some task lacks', () => {
    expect(stageSpread(stage([task(1, 5), task(2, undefined)])).map(({ name }) => name)).toEqual(['duration']);
  });

  it('uses the numbers of the engine if it reports them', () => {
    const own = { name: 'output_rows', unit: '{row}', least: 0, median: 3, most: 9 };
    expect(rowSpread(stage([task(1, 5), task(2, 7)], { spread: [own] }))).toEqual(own);
    expect(stageSpread(stage([], { spread: [own] }))).toEqual([own]);
  });

  it('is only what was reported if not all tasks are listed', () => {
    const own = { name: 'output_rows', unit: '{row}', least: 0, median: 3, most: 9 };
    const listed = [task(1, 5), task(2, 7)];
    expect(stageSpread(stage(listed, { otherTasks: { count: 9 }, spread: [own] }))).toEqual([own]);
    expect(stageSpread(stage(listed, { otherTasks: { count: 9 } }))).toEqual([]);
  });
});

describe('stageTaskCounts', () => {
  it('counts the tasks that are listed and those that are not', () => {
    const listed = [task(1, 5), task(2, 7, { status: 'error' })];
    expect(stageTaskCounts(stage(listed))).toEqual({ all: 2, failed: 1 });
    expect(stageTaskCounts(stage(listed, { otherTasks: { count: 9, failed: 3 } }))).toEqual({ all: 11, failed: 4 });
  });
});
