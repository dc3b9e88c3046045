import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlanError } from '../plan-error.ts';
import type { EngineReport, StageReport } from './engine-report.ts';
import { readEngineReport } from './read-engine-report.ts';

const window = { start: '1795223712000000000', end: '1795223713000000000' };
const timing = { basis: 'engine_duration', duration: '1500' } as const;

const fields = [
  { key: 'table', text: 'flights', kind: 'identifier' },
  { key: 'filter', text: ['delay > 10'], kind: 'expression' },
] as const;

const report: EngineReport = {
  version: 2,
  engine: { name: 'toy', version: '2.0' },
  queryId: 'q1',
  query: { text: 'SELECT 1', operation: 'SELECT', summary: 'SELECT flights' },
  status: 'error',
  error: { code: 'DIVISION_BY_ZERO', type: 'USER_ERROR' },
  partial: true,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  window,
  detail: 'summary',
  queue: [{ phase: 'queued', step: 'queuedTime', timing }],
  planning: [
    {
      phase: 'optimize_logical_plan',
      step: 'optimizers',
      timing: { basis: 'measured', window, duration: '1000000000' },
      rules: [
        {
          name: 'push_limit',
          timing,
          changed: true,
          invocations: 9,
          applied: 2,
          planBefore: 'a',
          planAfter: 'b',
          planBasis: 'ablation',
        },
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
      children: [{ id: '1', name: 'Scan', fields, timing, metrics: [], scans: 'table', children: [] }],
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
  stages: [
    {
      id: 'gather',
      parents: [],
      status: 'error',
      timing: { basis: 'measured', window },
      partial: false,
      metrics: [],
      operators: [
        {
          id: '2',
          name: 'Exchange',
          timing: { basis: 'execution_window' },
          metrics: [],
          inputStages: ['scan'],
          children: [],
        },
      ],
      tasks: [
        { id: '0', host: 'h', status: 'error', error: { code: 'E1' }, timing, metrics: [] },
        { id: '0', attempt: 1, timing, metrics: [] },
      ],
    },
    {
      id: 'scan',
      parents: ['gather'],
      timing,
      metrics: [{ name: 'output_rows', type: 'count', unit: '{row}', value: 3 }],
      tasks: [],
      spread: [{ name: 'output_rows', unit: '{row}', least: 1, median: '9007199254740993', most: '9007199254740994' }],
    },
  ],
};

/** The report as plain JSON with one field replaced or removed. */
function altered(path: readonly (string | number)[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(report)) as Record<string | number, unknown>;
  let place = copy;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

it('reads a complete report unchanged, from a value and from text', () => {
  expect(readEngineReport(report)).toEqual(report);
  expect(readEngineReport(JSON.stringify(report))).toEqual(report);
});

it('reads a report with only the required fields', () => {
  const least = { version: 2, engine: { name: 'toy', version: '' }, status: 'cancelled', window };
  expect(readEngineReport(least)).toEqual(least);
});

it('ignores fields of a newer version', () => {
  expect(readEngineReport(altered(['operators', 0, 'temperature'], 21))).toEqual(report);
});

describe('an error has the field, its value and a valid one', () => {
  it.each([
    [['version'], 3, 'version is 3; should be one of 1, 2'],
    [['version'], undefined, 'version is undefined; should be one of 1, 2'],
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
    [
      ['error', 'code'],
      'no table "bob"',
      'error.code is "no table \\"bob\\""; should be a code of at most 128 letters',
    ],
    [
      ['status'],
      'ok',
      'error is {"code":"DIVISION_BY_ZERO","type":"USER_ERROR"}; should be absent where the status is "ok"',
    ],
    [['partial'], 1, 'partial is 1; should be true or false'],
    [['traceparent'], '00-0-1-01', 'traceparent is "00-0-1-01"; should be W3C trace context'],
    [['traceparent'], `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'should be W3C trace context'],
    [['traceparent'], '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x', 'should be W3C trace context'],
    [['queue', 0, 'phase'], 'thinking', 'queue[0].phase is "thinking"; should be one of "queued", "waiting"'],
    [
      ['planning', 0, 'rules', 0, 'applied'],
      10,
      'planning[0].rules[0].applied is 10; should be at most the invocations, 9',
    ],
    [
      ['planning', 0, 'rules', 0, 'applied'],
      0,
      'planning[0].rules[0].changed is true; should be false, as applied is 0',
    ],
    [['stages', 1, 'id'], 'gather', 'stages[1].id is "gather"; should be unique, stages[0] has it already'],
    [['stages', 1, 'parents', 0], 'top', 'stages[1].parents[0] is "top"; should be the id of a stage of this report'],
    [['stages', 1, 'parents', 1], 'gather', 'stages[1].parents[1] is "gather"; should be named once'],
    [
      ['stages', 1, 'parents', 0],
      'scan',
      'stages[1].parents is ["scan"]; should be stages that are not below this one',
    ],
    [
      ['stages', 0, 'parents', 0],
      'scan',
      'stages[0].parents is ["scan"]; should be stages that are not below this one',
    ],
    [
      ['stages', 0, 'tasks', 1, 'attempt'],
      0,
      'stages[0].tasks[1].id is "0"; should be unique, stages[0].tasks[0] has it',
    ],
    [['stages', 0, 'tasks', 0, 'status'], 'ok', 'stages[0].tasks[0].error is {"code":"E1"}; should be absent where'],
    [
      ['stages', 0, 'tasks', 0, 'attempt'],
      1.5,
      'stages[0].tasks[0].attempt is 1.5; should be a whole number from 0 up',
    ],
    [
      ['stages', 0, 'otherTasks'],
      { count: 2, failed: 3 },
      'stages[0].otherTasks.failed is 3; should be at most the count, 2',
    ],
    [
      ['stages', 0, 'operators', 0, 'id'],
      '1',
      'stages[0].operators[0].id is "1"; should be unique, operators[0].children[0]',
    ],
    [['stages', 0, 'operators', 0, 'inputStages', 0], 'x', 'inputStages[0] is "x"; should be the id of a stage'],
    [['stages', 0, 'timing', 'window', 'end'], '9', 'stages[0].timing.window.end is "9"; should be the start,'],
    [['stages', 1, 'spread', 0, 'most'], 5, 'stages[1].spread[0].most is 5; should be 9007199254740993 or more'],
    [
      ['stages', 1, 'spread', 0, 'least'],
      '9007199254740994',
      'spread[0].median is "9007199254740993"; should be 900719',
    ],
  ])('%j = %j', (path, value, message) => {
    const read = (): EngineReport => readEngineReport(altered(path, value));
    expect(read).toThrow(PlanError);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: 'invalid-report' }));
  });

  it.each([
    ['[]', 'should be an object'],
    ['{', 'is not JSON'],
    ['null', 'should be an object'],
  ])('%s', (text, message) => {
    expect(() => readEngineReport(text)).toThrow(message);
  });

  it('truncates a long value', () => {
    expect(() => readEngineReport(altered(['status'], 'x'.repeat(500)))).toThrow(/status is "x{79}…; should be/);
  });
});

describe('a document of version 1', () => {
  const old = { version: 1, engine: { name: 'toy', version: '2.0' }, status: 'ok', window };
  const scan = { id: '0', name: 'Scan', timing, metrics: [], children: [] };

  it('is converted to version 2, and does not change when it is read again', () => {
    const read = readEngineReport({ ...old, operators: [scan], io: [] });
    expect(read).toEqual({ ...old, version: 2, operators: [scan], io: [] });
    expect(readEngineReport(read)).toEqual(read);
  });

  it('has a line for each operator, which becomes its only field', () => {
    const described = { ...scan, description: "Scan: city = 'Oslo'" };
    const detail = { key: 'detail', text: "city = 'Oslo'", kind: 'plan' };
    expect(readEngineReport({ ...old, operators: [described] }).operators).toEqual([{ ...scan, fields: [detail] }]);
    expect(() => readEngineReport({ ...old, operators: [{ ...scan, description: 7 }] })).toThrow(
      'operators[0].description is 7; should be a string',
    );
  });

  it('becomes a stage of one task if it names one', () => {
    const named = { stage: 'join', task: 't7', attempt: 2, host: 'one', operators: [scan] };
    const read = readEngineReport({ ...old, ...named });
    const measured = { basis: 'measured', window };
    const expected: StageReport = {
      id: 'join',
      parents: [],
      status: 'ok',
      timing: { basis: 'measured', window },
      metrics: [],
      operators: [scan],
      tasks: [{ id: 't7', attempt: 2, host: 'one', status: 'ok', timing: { basis: 'measured', window }, metrics: [] }],
    };
    expect(read).toEqual({ ...old, version: 2, stages: [expected] });
    expect(readEngineReport({ ...old, host: 'one' }).stages).toMatchObject([
      { id: '0', timing: measured, tasks: [{ id: '0' }] },
    ]);
    expect(readEngineReport({ ...old, host: 'one' }).stages?.[0]).not.toHaveProperty('operators');
  });

  it('ignores fields that only version 2 has', () => {
    const rules = [{ name: 'a', timing, invocations: 'often' }];
    const planning = [{ phase: 'create_physical_plan', timing, rules }];
    const read = readEngineReport({
      ...old,
      stages: 'many',
      queue: 7,
      error: 1,
      partial: 'yes',
      traceparent: 3,
      planning,
    });
    expect(read).toEqual({ ...old, version: 2, planning: [{ ...planning[0], rules: [{ name: 'a', timing }] }] });
  });

  it.each([
    [{ attempt: 1.5 }, 'attempt is 1.5; should be a whole number from 0 up'],
    [{ operators: [scan, scan] }, 'operators[1].id is "0"; should be unique, operators[0] has it already'],
    [{ window: { start: '2', end: '1' } }, 'window.end is "1"; should be the start, 2, or later'],
  ])('is refused with errors for its own fields: %j', (fault, message) => {
    expect(() => readEngineReport({ ...old, ...fault, stage: 's' })).toThrow(message);
  });
});

describe('any report', () => {
  const numbers = fc.oneof(fc.integer(), fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String));
  const anyWindow = fc
    .tuple(fc.bigInt({ min: 0n, max: 2n ** 63n }), fc.bigInt({ min: 0n, max: 2n ** 40n }))
    .map(([start, length]) => ({ start: String(start), end: String(start + length) }));
  const anyTiming = anyWindow.map((of) => ({ basis: 'measured', window: of }) as const);
  const metrics = fc.array(
    fc.record({
      name: fc.string({ minLength: 1 }),
      type: fc.constant('count' as const),
      unit: fc.string(),
      value: numbers,
    }),
    { maxLength: 3 },
  );
  const status = fc.constantFrom('ok' as const, 'error' as const, 'cancelled' as const);

  /** Stages in which each is read by some of those before it, tasks numbered. */
  const stages = fc
    .array(fc.record({ above: fc.array(fc.nat(20)), timing: anyTiming, metrics, status, tasks: fc.nat(4) }), {
      maxLength: 8,
    })
    .map((drawn) =>
      drawn.map(({ above, tasks, ...rest }, index): StageReport => {
        const parents = index === 0 ? [] : [...new Set(above.map((number) => String(number % index)))];
        const { timing: when, status: ended } = rest;
        const made = Array.from({ length: tasks }, (_, id) => ({
          id: String(id),
          timing: when,
          metrics: [],
          status: ended,
        }));
        return { id: String(index), parents, ...rest, tasks: made };
      }),
    );
  const reports = fc
    .record({ stages, window: anyWindow, status })
    .map((drawn): EngineReport => ({ version: 2, engine: { name: 'toy', version: '1' }, ...drawn }));

  it('is read unchanged, with any order of stages and any unknown fields', () => {
    fc.assert(
      fc.property(reports, fc.boolean(), fc.jsonValue(), (made, turned, more) => {
        const given = turned ? { ...made, stages: made.stages?.toReversed() ?? [] } : made;
        expect(readEngineReport(JSON.stringify(given))).toEqual(given);
        const strange = {
          ...given,
          unknown: more,
          stages: given.stages?.map((stage) => ({ ...stage, unknown: more })),
        };
        expect(readEngineReport(JSON.stringify(strange))).toEqual(given);
      }),
    );
  });

  it('is refused if its stages form a cycle', () => {
    const ring = fc.integer({ min: 1, max: 12 }).chain((length) => fc.tuple(fc.constant(length), fc.nat(3)));
    fc.assert(
      fc.property(ring, reports, ([length, tail], made) => {
        const stage = (id: string, parents: string[]): StageReport => ({ id, parents, timing, metrics: [], tasks: [] });
        const round = Array.from({ length }, (_, id) => stage(`r${id}`, [`r${(id + 1) % length}`]));
        const below = Array.from({ length: tail }, (_, id) => stage(`b${id}`, ['r0']));
        const given = { ...made, stages: [...below, ...(made.stages ?? []), ...round, stage('above', [])] };
        expect(() => readEngineReport(given)).toThrow(
          /stages\[\d+\]\.parents is \["r\d+"\]; should be stages that are not/,
        );
      }),
    );
  });

  it('is refused with the name of the field, or read, for any value in any place', () => {
    const places = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
      typeof value !== 'object' || value === null
        ? [path]
        : [path, ...Object.entries(value).flatMap(([key, entry]) => places(entry, [...path, key]))];
    const paths = places(report).filter((path) => path.length > 0);
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.oneof(fc.jsonValue(), fc.anything({ withBigInt: true, withSparseArray: true, withNullPrototype: true })),
        (path, value) => {
          const given = altered(path, value);
          try {
            readEngineReport(given);
          } catch (error) {
            expect(error).toBeInstanceOf(PlanError);
            expect((error as PlanError).message).toMatch(/engine report: .+ is .*; should be /s);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is refused if its operators are nested so deep that drawing them would overflow the stack', () => {
    const deep = '{"id":"0","name":"a","timing":{"basis":"execution_window"},"metrics":[],"children":['.repeat(20_000);
    const text = `{"version":2,"engine":{"name":"toy","version":""},"status":"ok","window":{"start":"0","end":"1"},"operators":[${deep}${']}'.repeat(20_000)}]}`;
    expect(() => readEngineReport(text)).toThrow('operators is "…"; should be nested at most 1000 deep');
  });

  it('changes no prototype', () => {
    const attributes = JSON.parse('{"__proto__": "polluted", "toy.a": 1}') as Record<string, string>;
    readEngineReport(altered(['operators', 0, 'attributes'], attributes));
    readEngineReport(
      `{"version":2,"__proto__":{"polluted":1},"engine":{"name":"a","version":""},"status":"ok","window":{"start":"0","end":"1"}}`,
    );
    expect({}).not.toHaveProperty('polluted');
  });
});
