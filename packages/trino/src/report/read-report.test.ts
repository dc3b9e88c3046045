import type { RunWarning } from '@planscope/plan';
import { expect, it } from 'vitest';
import { recording } from '../../test/recordings.ts';
import { readQueryInfo } from './read-query-info.ts';
import { readReport } from './read-report.ts';
import { toEngineReport } from './to-engine-report.ts';

it('gives the event loop its turns, and the same as reading at once', async () => {
  const text = recording('483-finished');
  let turns = 0;
  let isOpen = true;
  const count = (): void => {
    turns += 1;
    if (isOpen) setImmediate(count);
  };
  setImmediate(count);
  const stages = Array.from({ length: 200 }, (_, id) => ({
    stageId: `q.${id}`,
    tasks: Array.from({ length: 200 }, task(id)),
  }));
  await readReport({ queryId: 'q', stages: { stages } });
  isOpen = false;
  expect(turns).toBeGreaterThan(2);
  const info = readQueryInfo(text);
  expect(await readReport(text)).toEqual({ info, report: toEngineReport(info) });
});

const task = (stage: number) => (_: unknown, id: number) => ({
  taskStatus: { taskId: `q.${stage}.${id}.0` },
  stats: {},
});

it('warns once in a process of a part of unknown form', async () => {
  const warnings: RunWarning[] = [];
  const warn = (warning: RunWarning): number => warnings.push(warning);
  const unknown = { queryId: 'q', stages: 'many', version: { version: '999' } };
  await readReport(unknown, undefined, warn);
  await readReport(unknown, undefined, warn);
  expect(warnings).toEqual([
    {
      code: 'trino-report-unknown',
      message: 'the report of Trino 999 has another form than expected in: stages; the trace lacks what is there',
    },
  ]);
  const failing = (): never => {
    throw new Error('no sink');
  };
  expect((await readReport('{', undefined, failing)).info.unknown).toEqual(['report']);
});

it('takes the end of a query from its client while the cluster does not know it', async () => {
  const text = recording('476-running');
  const cancelled = await readReport(text, { status: 'cancelled' });
  expect(cancelled.report).toMatchObject({ status: 'cancelled', partial: true });
  const failed = await readReport(text, { status: 'error', error: { code: 'REMOTE_TASK_ERROR' } });
  expect(failed.report).toMatchObject({ status: 'error', error: { code: 'REMOTE_TASK_ERROR' }, partial: true });
  expect((await readReport(recording('483-small'), { status: 'cancelled' })).report.status).toBe('ok');
});
