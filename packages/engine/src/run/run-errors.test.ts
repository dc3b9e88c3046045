import { SpanStatusCode } from '@opentelemetry/api';
import { duckdbSchema } from '@planscope/duckdb';
import { createStoreRegistry, MemoryStore } from '@planscope/object-store';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionSpec } from '../spec/execution-spec.ts';
import { createEngine, type Engine } from './engine.ts';

const SECRET = 'hunter2';

let recorder: SpanRecorder;
let engine: Engine;
let statuses: string[];

beforeEach(async () => {
  recorder = createSpanRecorder();
  statuses = [];
  const memory = new MemoryStore();
  await memory.put('people.csv', `name,age\nann,1\nbob,2\n`);
  const stores = createStoreRegistry({ stores: [memory] });
  engine = await createEngine({
    tracing: { preset: 'maximal' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores,
    onRunEnd: ({ status }) => statuses.push(status),
  });
});

afterEach(() => engine.close());

const people = { name: 'people', location: 'memory:///people.csv' };

function spec(parts: Partial<ExecutionSpec>): ExecutionSpec {
  return { version: 1, inputs: [people], outputs: [{ name: 'out', from: 'v' }], ...parts };
}

const view = (sql: string): Partial<ExecutionSpec> => ({ views: [{ name: 'v', sql }] });

describe('a run that fails', () => {
  it.each<[string, unknown, RegExp, string]>([
    [
      'an unknown table',
      spec(view(`SELECT * FROM peeple WHERE name = '${SECRET}'`)),
      /views\[0\]\.sql: there is no input or view "peeple"; use one of people, v/,
      'SpecError',
    ],
    [
      'an unknown table that is named by a literal',
      spec(view(`SELECT * FROM '${SECRET}'`)),
      new RegExp(`views\\[0\\]\\.sql: there is no input or view "'${SECRET}'"; use one of people, v`),
      'SpecError',
    ],
    ['a syntax error', spec(view(`SELEC '${SECRET}' FROM people`)), /views\[0\]\.sql: .*syntax error/s, 'SpecError'],
    [
      'an unknown column',
      spec(view(`SELECT nam FROM people WHERE name = '${SECRET}'`)),
      /views\[0\]\.sql: .*nam/s,
      'SpecError',
    ],
    [
      'a missing file',
      spec({ ...view('FROM people'), inputs: [{ name: 'people', location: '/nowhere/people.csv' }] }),
      /inputs\[0\]\.location: no object matches \/nowhere\/people\.csv/,
      'SpecError',
    ],
    [
      'a pattern without a match',
      spec({ ...view('FROM people'), inputs: [{ name: 'people', location: 'memory:///x/*.csv' }] }),
      /inputs\[0\]\.location: no object matches/,
      'SpecError',
    ],
    [
      'a circle of views',
      spec({
        views: [
          { name: 'v', sql: 'FROM w' },
          { name: 'w', sql: 'FROM v' },
        ],
      }),
      /views\[1\]\.sql: the views form a cycle: v → w → v/,
      'SpecError',
    ],
    [
      'a name used twice',
      spec({ views: [{ name: 'People', sql: 'SELECT 1' }] }),
      /views\[0\]\.name: "People" is already the name of inputs\[0\]\.name/,
      'SpecError',
    ],
    [
      'an unknown scheme',
      spec({ ...view('FROM people'), inputs: [{ name: 'people', location: 'ftp://host/people.csv' }] }),
      /ftp/,
      'ObjectStoreError',
    ],
    [
      'credentials in a location',
      spec({ ...view('FROM people'), inputs: [{ name: 'people', location: `s3://user:${SECRET}@bucket/people.csv` }] }),
      /credentials/,
      'ObjectStoreError',
    ],
    [
      'an unknown field',
      { ...spec(view('FROM people')), outptus: [] },
      /spec: Unrecognized key: "outptus"/,
      'SpecError',
    ],
    ['no output', spec({ outputs: [] }), /outputs: is empty; name at least one output/, 'SpecError'],
    [
      'an unknown format',
      spec({ outputs: [{ name: 'out', from: 'people', location: 'memory:///out.xyz' }] }),
      /outputs\[0\]\.format: .*parquet, csv, json/,
      'SpecError',
    ],
    [
      'an unknown rule',
      spec({ ...view('FROM people'), rulepack: { exclude: ['prune'] } }),
      /rulepack\.exclude\[0\]: .*prune_unused/,
      'SpecError',
    ],
    [
      'an unused view in the strict profile',
      spec({
        views: [
          { name: 'v', sql: 'FROM people' },
          { name: 'w', sql: 'SELECT 1' },
        ],
        rulepack: { profile: 'strict' },
      }),
      /views\[1\]: no output needs it/,
      'SpecError',
    ],
    ['an unknown preset', spec({ ...view('FROM people'), runtime: { tracingPreset: 'loud' } }), /loud/, 'ConfigError'],
    [
      'a wrong field of the tracing',
      spec({ ...view('FROM people'), runtime: { tracing: { preview: { limit: -1 } } } }),
      /preview\.limit/,
      'ConfigError',
    ],
    [
      'a field of the pipeline',
      spec({ ...view('FROM people'), runtime: { tracing: { serviceName: 'x' } } }),
      /runtime\.tracing\.serviceName/,
      'SpecError',
    ],
    [
      'a failing cast',
      spec(view(`SELECT CAST(name || '${SECRET}' AS INTEGER) FROM people`)),
      new RegExp(`bob${SECRET}|ann${SECRET}`),
      'ConversionError',
    ],
  ])('because of %s throws one clear error and has one failed trace', async (_, input, message, type) => {
    await expect(engine.run(input as ExecutionSpec)).rejects.toThrow(message);
    const spans = recorder.spans();
    const root = spans.at(-1);
    expect(root).toMatchObject({ name: 'planscope.execute', status: { code: SpanStatusCode.ERROR } });
    expect(root?.attributes).toMatchObject({ 'error.type': type, 'planscope.run.status': 'error' });
    expect(recorder.openSpans()).toBe(0);
    expect(statuses).toEqual(['error']);
    assertTraceInvariants(spans, { secrets: [SECRET], schemas: [sharedSchema, duckdbSchema] });
  });

  it('does not affect later runs', async () => {
    await expect(engine.run(spec(view('SELEC')))).rejects.toThrow();
    const { outputs } = await engine.run(spec(view('SELECT count(*) AS n FROM people')));
    expect(outputs[0]?.batches?.[0]?.toArray().map(({ n }) => Number(n))).toEqual([2]);
    expect(statuses).toEqual(['error', 'ok']);
  });
});
