import type { SemanticSchema } from '@planscope/semconv';
import { describe, expect, it } from 'vitest';
import type { EngineReport, MetricReport, OperatorReport, StageReport, TaskReport } from '../report/engine-report.ts';
import { ConformanceError, engineReportConformance } from './index.ts';

const during = (start: number, end: number) =>
  ({ basis: 'measured', window: { start: String(start), end: String(end) } }) as const;
const rows = (value: number): MetricReport => ({ name: 'output_rows', type: 'count', unit: '{row}', value });
const time = (name: string, value: number): MetricReport => ({ name, type: 'time', unit: 'ns', value });

const scan: OperatorReport = {
  id: 'scan',
  name: 'TableScan',
  timing: during(20, 40),
  metrics: [rows(7), { name: 'bytes_read', type: 'count', unit: 'By', value: 30 }, time('cumulative_compute', 5)],
  attributes: { 'toy.kind': 'parquet' },
  children: [],
};
const top: OperatorReport = {
  id: 'top',
  name: 'Limit',
  timing: during(20, 50),
  metrics: [rows(5), time('elapsed_compute', 3), time('cumulative_compute', 8)],
  children: [scan],
};
const exchange: OperatorReport = {
  id: 'exchange',
  name: 'Exchange',
  timing: { basis: 'execution_window' },
  metrics: [],
  children: [],
  inputStages: ['1'],
};
const tasks: readonly TaskReport[] = [
  { id: '0', status: 'error', error: { code: 'LOST' }, timing: during(20, 30), metrics: [rows(2)] },
  { id: '0', attempt: 1, status: 'ok', timing: during(30, 50), metrics: [rows(5)] },
];
const lower: StageReport = {
  id: '1',
  parents: ['0'],
  status: 'ok',
  timing: during(20, 60),
  metrics: [rows(5)],
  operators: [top],
  tasks,
  spread: [{ name: 'output_rows', unit: '{row}', least: 1, median: 2, most: 3 }],
};
const upper: StageReport = {
  id: '0',
  parents: [],
  status: 'ok',
  timing: during(30, 90),
  metrics: [],
  operators: [exchange],
  tasks: [],
};
const good: EngineReport = {
  version: 2,
  engine: { name: 'toy', version: '1' },
  status: 'ok',
  window: { start: '0', end: '100' },
  queue: [{ phase: 'queued', timing: during(0, 5) }],
  planning: [
    {
      phase: 'optimize_logical_plan',
      timing: during(5, 10),
      rules: [{ name: 'push', timing: during(6, 7), invocations: 3, applied: 1 }],
    },
  ],
  stages: [upper, lower],
  io: [
    {
      store: 'toy',
      operation: 'get_ranges',
      location: '/bob',
      bytes: 30,
      requests: 1,
      timing: { basis: 'execution_window' },
      operatorId: 'scan',
    },
  ],
};

const schema: SemanticSchema = {
  scope: 'toy',
  spans: [],
  attributes: [
    { key: 'toy.kind', type: 'string', text: 'code', meaning: 'Kind.', spans: ['operator'], setBy: ['toy'] },
  ],
  operatorMetrics: [],
  metrics: [],
};
const options = { markers: ['bob'], schemas: [schema] };

describe('a good report conforms', () => {
  for (const { name, run } of engineReportConformance(() => good, options)) it(name, run);
});

const withLower = (more: Partial<StageReport>): EngineReport => ({ ...good, stages: [upper, { ...lower, ...more }] });
const withTop = (more: Partial<OperatorReport>): EngineReport => withLower({ operators: [{ ...top, ...more }] });
const withRule = (more: object): EngineReport => ({
  ...good,
  planning: [
    { phase: 'optimize_logical_plan', timing: during(5, 10), rules: [{ name: 'push', timing: during(6, 7), ...more }] },
  ],
});

/** Reports with one fault, by the check that must find it. */
const faults: Readonly<Record<string, readonly EngineReport[]>> = {
  'a report is plain JSON that reads back as it was': [
    { ...good, colour: 'red' } as EngineReport,
    { ...good, window: { start: '5', end: '1' } },
    { ...good, metrics: [{ ...rows(1), value: 5n as unknown as number }] },
  ],
  'every window lies within that of what is around it': [
    { ...good, queue: [{ phase: 'queued', timing: during(90, 101) }] },
    withRule({ timing: during(4, 6) }),
    withLower({ timing: during(20, 45) }),
    withTop({ timing: during(21, 50) }),
  ],
  'every operator, stage and task has an id of its own': [
    withTop({ id: 'scan' }),
    withLower({ id: '0', parents: [] }),
    withLower({ tasks: [...tasks, ...tasks] }),
  ],
  'every stage is read by stages that are there, and is not below itself': [
    withLower({ parents: ['9'] }),
    { ...good, stages: [{ ...upper, parents: ['1'] }, lower] },
  ],
  'an operator that takes rows from a stage is in a stage that reads it, and each such stage has one': [
    withLower({ parents: [] }),
    { ...good, stages: [{ ...upper, operators: [{ ...exchange, inputStages: [] }] }, lower] },
  ],
  'every read and write names an operator that is there, if it names one': [withTop({ children: [] })],
  'what failed says so, and only that has an error': [
    { ...good, error: { code: 'LOST' } },
    withLower({ status: 'error' }),
    withLower({ tasks: tasks.map((task) => ({ ...task, status: 'ok' })) }),
  ],
  'what has not ended is in a report that says it was taken early': [
    withLower({ tasks: tasks.map(({ status: _, ...task }) => task) }),
    { ...good, stages: [(({ status: _, ...stage }) => stage)(upper), lower] },
  ],
  'a rule changed the plan at most as often as it was called, and says so in one way': [
    withRule({ invocations: 1, applied: 2 }),
    withRule({ applied: 0, changed: true }),
  ],
  'texts that are recorded as they are hold nothing of the data': [
    withTop({ name: 'Filter(name = bob)' }),
    withTop({ attributes: { 'toy.kind': 'bob' } }),
    withRule({ plansUnavailable: 'no table bob' }),
    { ...good, status: 'error', error: { code: 'NO_bob' } },
  ],
  'a metric has a unit, and the type and unit of its name where the name is shared': [
    { ...good, metrics: [{ ...rows(1), name: 'own', unit: '' }] },
    withTop({ metrics: [{ ...rows(5), unit: 'rows' }] }),
  ],
  'a metric has one type and one unit in the whole report': [
    { ...good, metrics: [{ ...rows(1), name: 'own' }, time('own', 3)] },
  ],
  'counts and times are not below 0, and counts are whole': [
    withLower({ metrics: [time('waited', -1)] }),
    { ...good, metrics: [rows(1.5)] },
  ],
  'the rows of the tasks of a stage, of its topmost operator and of the stage agree, where they are given': [
    withLower({ metrics: [rows(6)] }),
    withTop({ metrics: [rows(4)] }),
    withLower({ tasks: tasks.slice(0, 1).map(({ error: _, ...task }) => ({ ...task, status: 'ok' })) }),
  ],
  'the bytes that an operator read are those of its reads, where both are given': [
    { ...good, io: (good.io ?? []).map((read) => ({ ...read, bytes: 31 })) },
  ],
  'cumulative compute is no less than its parts': [
    withTop({ metrics: [rows(5), time('elapsed_compute', 4), time('cumulative_compute', 8)] }),
  ],
  'a spread goes from its least over its median to its most, in a unit': [
    withLower({ spread: [{ name: 'duration', unit: 'ns', least: 3, median: '2', most: 4 }] }),
    withLower({ spread: [{ name: 'duration', unit: '', least: 1, median: 2, most: 4 }] }),
  ],
};

describe('a fault is found by', () => {
  const names = engineReportConformance(() => good).map((check) => check.name);

  it('a fault for each check', () => expect(Object.keys(faults)).toEqual(names));

  const each = Object.entries(faults).flatMap(([name, reports]) =>
    reports.map((report, index) => ({ name, report, index })),
  );
  it.each(each)('$name, $index', async ({ name, report }) => {
    const check = engineReportConformance(() => report, options).find((candidate) => candidate.name === name);
    await expect(check?.run()).rejects.toBeInstanceOf(ConformanceError);
  });
});
