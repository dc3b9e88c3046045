import { describe, expect, it } from 'vitest';
import { PlanError } from '../plan-error.ts';
import type { EngineReport } from './engine-report.ts';
import { readEngineReport } from './read-engine-report.ts';

const window = { start: '1795223712000000000', end: '1795223713000000000' };
const timing = { basis: 'engine_duration', duration: '1500' } as const;

const fields = [
  { key: 'table', text: 'flights', kind: 'identifier' },
  { key: 'filter', text: ['delay > 10'], kind: 'expression' },
] as const;

const report: EngineReport = {
  version: 1,
  engine: { name: 'toy', version: '2.0' },
  queryId: 'q1',
  query: { text: 'SELECT 1', operation: 'SELECT', summary: 'SELECT flights' },
  status: 'ok',
  window,
  detail: 'summary',
  planning: [
    {
      phase: 'optimize_logical_plan',
      step: 'optimizers',
      timing: { basis: 'measured', window, duration: '1000000000' },
      rules: [
        { name: 'push_limit', timing, changed: true, planBefore: 'a', planAfter: 'b', planBasis: 'ablation' },
        { name: 'join_order', timing, plansUnavailable: 'the time was up' },
      ],
    },
  ],
  operators: [
    {
      id: '0',
      name: 'Join',
      timing: { basis: 'execution_window' },
      metrics: [{ name: 'output_rows', type: 'count', unit: '{row}', value: '9007199254740993' }],
      attributes: { 'toy.kind': 'inner', 'toy.keys': ['a', 'b'], 'toy.on': true, 'toy.cost': 1.5 },
      children: [{ id: '1', name: 'Scan', fields, timing, metrics: [], children: [] }],
    },
  ],
  io: [
    {
      store: 'file',
      operation: 'get_ranges',
      location: '/data/flights',
      bytes: 10,
      requests: 2,
      timing: { basis: 'observed_events', window },
      operatorId: '1',
      ranges: [
        [0, 4],
        ['4', '10'],
      ],
    },
  ],
  metrics: [{ name: 'elapsed_compute', type: 'time', unit: 'ns', value: -1.5 }],
  stage: 's',
  task: 't',
  attempt: 1,
  host: 'h',
};

/** The report as plain JSON with one place set to something else, or taken away. */
function altered(path: readonly (string | number)[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(report)) as Record<string | number, unknown>;
  let place = copy;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

it('reads a full report back as it was, from a value and from text', () => {
  expect(readEngineReport(report)).toEqual(report);
  expect(readEngineReport(JSON.stringify(report))).toEqual(report);
});

it('reads the least that a report must have', () => {
  const least = { version: 1, engine: { name: 'toy', version: '' }, status: 'cancelled', window };
  expect(readEngineReport(least)).toEqual(least);
});

it('leaves out fields of a newer writer', () => {
  expect(readEngineReport(altered(['operators', 0, 'temperature'], 21))).toEqual(report);
});

describe('names the field, its value and what would be right', () => {
  it.each([
    [['version'], 2, 'version is 2; should be 1'],
    [['version'], undefined, 'version is undefined; should be 1'],
    [['engine'], 'toy', 'engine is "toy"; should be an object'],
    [['engine', 'name'], '', 'engine.name is ""; should be a string that is not empty'],
    [['status'], 'fine', 'status is "fine"; should be one of "ok", "error", "cancelled"'],
    [['window', 'start'], 17, 'window.start is 17; should be nanoseconds as a string of decimal digits'],
    [['window', 'end'], '1', 'window.end is "1"; should be the start, 1795223712000000000, or later'],
    [['planning'], {}, 'planning is {}; should be an array'],
    [['planning', 0, 'phase'], 'think', 'planning[0].phase is "think"; should be one of "analyze_logical_plan"'],
    [['planning', 0, 'rules', 0, 'changed'], 'yes', 'planning[0].rules[0].changed is "yes"; should be true or false'],
    [
      ['planning', 0, 'timing', 'window'],
      undefined,
      'timing.window is undefined; should be given where the basis is "measured"',
    ],
    [['operators', 0, 'timing', 'basis'], 'guess', 'operators[0].timing.basis is "guess"; should be one of "measured"'],
    [
      ['operators', 0, 'children', 0, 'timing', 'duration'],
      undefined,
      'operators[0].children[0].timing.duration is undefined; should be given',
    ],
    [
      ['operators', 0, 'children', 0, 'id'],
      '0',
      'operators[0].children[0].id is "0"; should be unique, operators[0] has it',
    ],
    [['operators', 0, 'metrics', 0, 'value'], '1.5', 'operators[0].metrics[0].value is "1.5"; should be a number'],
    [['operators', 0, 'metrics', 0, 'type'], 'sum', 'operators[0].metrics[0].type is "sum"; should be one of "count"'],
    [['operators', 0, 'attributes', 'toy.on'], null, 'operators[0].attributes.toy.on is null; should be a string'],
    [['io', 0, 'requests'], -1, 'io[0].requests is -1; should be a whole number from 0 up'],
    [['io', 0, 'operatorId'], '7', 'io[0].operatorId is "7"; should be the id of an operator of this report'],
    [['io', 0, 'ranges', 1], [1], 'io[0].ranges[1] is [1]; should be [start, end]'],
    [['attempt'], 1.5, 'attempt is 1.5; should be a whole number from 0 up'],
  ])('%j = %j', (path, value, message) => {
    const read = (): EngineReport => readEngineReport(altered(path, value));
    expect(read).toThrow(PlanError);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: 'invalid-report' }));
  });

  it.each([
    ['[]', 'should be an object'],
    ['{', 'is no JSON text'],
    ['null', 'should be an object'],
  ])('%s', (text, message) => {
    expect(() => readEngineReport(text)).toThrow(message);
  });

  it('cuts a long value', () => {
    expect(() => readEngineReport(altered(['status'], 'x'.repeat(500)))).toThrow(/status is "x{79}…; should be/);
  });
});
