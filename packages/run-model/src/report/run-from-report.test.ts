import type { EngineReport, MetricReport, OperatorReport } from '@planscope/plan/report';
import { describe, expect, it } from 'vitest';
import { runFromReport } from './run-from-report.ts';

const window = { start: '1795223712000000000', end: '1795223713000000000' };
const somewhere = { basis: 'execution_window' } as const;
const count = (name: string, value: number | string, unit = '{row}') => ({ name, type: 'count', unit, value }) as const;
const time = (value: number) => ({ name: 'elapsed_compute', type: 'time', unit: 'ns', value }) as const;

function operator(id: string, name: string, more: Partial<OperatorReport> = {}): OperatorReport {
  return { id, name, timing: somewhere, metrics: [], children: [], ...more };
}

const report: EngineReport = {
  version: 2,
  engine: { name: 'toy', version: '2.0' },
  queryId: 'q1',
  query: { text: "SELECT 'ada'", operation: 'SELECT', summary: 'SELECT people' },
  status: 'error',
  error: { code: 'DIVISION_BY_ZERO', type: 'USER_ERROR' },
  window,
  queue: [{ phase: 'queued', timing: { basis: 'engine_duration', duration: '5000' } }],
  planning: [
    {
      phase: 'create_physical_plan',
      step: 'planner',
      timing: { basis: 'measured', window: { start: '1795223712000001000', end: '1795223712000003000' } },
      rules: [
        { name: 'push_limit', timing: somewhere, changed: true, invocations: 9, applied: 2 },
        { name: 'join_order', timing: somewhere, plansUnavailable: 'the time was up' },
      ],
      planAfter: [{ name: 'Join', children: [{ name: 'Scan', children: [] }] }],
    },
  ],
  stages: [
    {
      id: 'top',
      parents: [],
      status: 'error',
      timing: somewhere,
      metrics: [count('output_rows', 2)],
      operators: [operator('2', 'Exchange', { inputStages: ['scan'], metrics: [time(1)] })],
      tasks: [
        { id: '0', host: 'one', status: 'error', error: { code: 'E1' }, timing: somewhere, metrics: [] },
        { id: '0', attempt: 1, timing: { basis: 'engine_duration', duration: '70' }, metrics: [] },
      ],
    },
    {
      id: 'scan',
      parents: ['top'],
      timing: somewhere,
      partial: true,
      metrics: [],
      operators: [
        operator('0', 'HashJoin', {
          fields: [{ key: 'join_keys', text: ['a = b'], kind: 'expression' }],
          metrics: [count('output_rows', '9007199254740993'), time(3)],
          children: [
            operator('1', 'TableScan', {
              fields: [{ key: 'table', text: 'people', kind: 'identifier' }],
              attributes: { 'toy.label': 'ada', 'toy.cost': 1.5, 'planscope.warnings.codes': ['broad-scan'] },
              metrics: [count('output_rows', 10), count('output_rows', 20), time(6)],
              scans: 'table',
            }),
          ],
        }),
      ],
      tasks: [1, 2, 3].map((rows) => ({ id: String(rows), timing: somewhere, metrics: [count('output_rows', rows)] })),
    },
  ],
  io: [
    {
      store: 's3',
      operation: 'get_range',
      location: 's3://key@bucket/a.parquet',
      bytes: '300',
      requests: 2,
      timing: { basis: 'observed_events', window: { start: '1795223712000000500', end: '1795223712000000900' } },
      operatorId: '1',
      ranges: [[0, '300']],
      request: { method: 'GET', host: 'h', status: 503, resend: 1, error: '503' },
    },
  ],
  metrics: [count('output_rows', 2), { name: 'peak_memory', type: 'gauge', unit: 'By', value: 7 }],
};

it('a query puts out its own bytes, and not also those of the stages below', () => {
  const bytes = (value: number): MetricReport => ({ name: 'output_bytes', type: 'count', unit: 'By', value });
  const stages = (report.stages ?? []).map((stage) => ({
    ...stage,
    operators: stage.operators?.map((top) => ({ ...top, metrics: [bytes(500)] })) ?? [],
  }));
  expect(runFromReport({ ...report, stages, metrics: [bytes(20)] }).totals.outputBytes?.value).toBe(20);
  expect(runFromReport({ ...report, stages, metrics: [] }).totals.outputBytes?.value).toBe(1000);
});

describe('runFromReport', () => {
  const run = runFromReport(report, {
    fields: { tenant: 'acme' },
    warnings: [{ code: 'late', message: 'It was late.' }],
  });

  it('is plain JSON with the query and what it took', () => {
    expect(JSON.parse(JSON.stringify(run))).toStrictEqual(run);
    expect(run).toMatchObject({
      id: 'q1',
      source: 'report',
      kind: 'query',
      name: 'SELECT people',
      start: window.start,
      duration: 1e9,
      status: 'error',
      error: { code: 'DIVISION_BY_ZERO', engineType: 'USER_ERROR' },
      partial: true,
      fields: { tenant: 'acme' },
      queries: [{ system: 'toy', version: '2.0', text: "SELECT 'ada'", returnedRows: 2, compute: 10 }],
      totals: {
        outputRows: { value: 2 },
        scannedRows: { value: 30, source: 'profile' },
        compute: { value: 10, unit: 'ns' },
        planning: { value: 2000, source: 'counted' },
        waiting: { value: 5000, source: 'profile' },
        bytesRead: { value: 300, source: 'io_log' },
        peakMemory: { value: 7 },
      },
      warnings: [
        { code: 'late', message: 'It was late.' },
        { code: 'broad-scan', operatorId: '1' },
      ],
    });
    expect(run.gaps).toEqual([{ code: 'measured-early', count: 3 }]);
  });

  it('has phases with their rules and plans', () => {
    expect(run.phases).toMatchObject([
      { name: 'queued', timing: { duration: 5000 } },
      {
        name: 'create_physical_plan',
        planner: 'toy',
        timing: { start: 1000, duration: 2000 },
        physicalPlan: 'Join\n  Scan',
        effectiveRules: ['push_limit'],
        rules: [
          { name: 'push_limit', changed: true, invocations: 9, applied: 2 },
          { name: 'join_order', planDiff: { basis: 'unavailable', unavailableReason: 'the time was up' } },
        ],
      },
    ]);
  });

  it('has operators with their inputs and stages', () => {
    expect(run.operators).toMatchObject([
      { id: '2', kind: 'exchange', stageId: 'top', inputStageIds: ['scan'], computeShare: 0.1 },
      { id: '0', kind: 'join', stageId: 'scan', inputIds: ['1'], rows: 9007199254740992, computeShare: 0.3 },
      { id: '1', kind: 'scan', parentId: '0', rows: 30, details: { 'toy.label': 'ada', 'toy.cost': 1.5 } },
    ]);
  });

  it('has stages with tasks and their spread, producers first', () => {
    expect(run.stages).toMatchObject([
      {
        id: 'scan',
        parentIds: ['top'],
        taskCount: 3,
        failedTaskCount: 0,
        spread: { output_rows: { unit: '{row}', least: 1, median: 2, most: 3 } },
      },
      {
        id: 'top',
        failedTaskCount: 1,
        tasks: [
          { host: 'one', error: { code: 'E1' } },
          { attempt: 1, timing: { duration: 70 } },
        ],
      },
    ]);
  });

  it('has calls and files', () => {
    expect(run.calls).toMatchObject([
      {
        direction: 'read',
        bytes: 300,
        ranges: [[0, 300]],
        timing: { start: 500, duration: 400 },
        http: { status: 503, resend: 1 },
        throttled: true,
        error: { type: '503' },
        operatorId: '1',
      },
    ]);
    expect(run.files).toMatchObject([{ bytesRead: 300, requests: 2, retries: 2, throttled: 2, failures: 2 }]);
  });

  it('redacts every text that may hold data, by its kind', () => {
    const kinds: string[] = [];
    const redacted = runFromReport(report, {
      redact: (text, kind) => {
        kinds.push(kind);
        return kind === 'identifier' ? text : '?';
      },
    });
    expect(JSON.stringify(redacted)).not.toMatch(/ada|key@bucket|a = b/);
    expect(redacted.operators[2]).toMatchObject({
      description: 'TableScan: table=people',
      details: { 'toy.label': '?' },
    });
    expect(new Set(kinds)).toEqual(new Set(['sql', 'identifier', 'expression', 'data', 'url']));
  });

  it('has no time of day if its window has none', () => {
    const bare = runFromReport({
      version: 2,
      engine: { name: 'toy', version: '' },
      status: 'ok',
      window: { start: '0', end: '9' },
    });
    expect(bare).toMatchObject({ id: 'toy', name: 'toy', duration: 9, partial: false, operators: [], totals: {} });
    expect(bare).not.toHaveProperty('start');
    expect(bare.queries[0]).not.toHaveProperty('version');
  });
});
