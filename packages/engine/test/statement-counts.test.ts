import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createEngine, type Engine, type ExecutionSpec } from '../src/index.ts';

let folder: string;
let engine: Engine;
let sent: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-statements-'));
  const connection = await (await DuckDBInstance.create()).connect();
  const people = 'SELECT i AS id, i % 5 AS town FROM range(100) r(i)';
  await connection.run(`COPY (${people}) TO '${join(folder, 'people.parquet')}'`);
  await connection.run(
    `COPY (SELECT i AS town, 'town ' || i AS name FROM range(5) r(i)) TO '${join(folder, 'towns.csv')}'`,
  );
  connection.closeSync();
  engine = await createEngine({ tracing: { preset: 'off' }, environment: {} });
  sent = [];
  // A text that is prepared and then run counts as one statement.
  for (const call of ['run', 'stream', 'prepare', 'extractStatements'] as const) {
    const original = DuckDBConnection.prototype[call] as (...args: unknown[]) => unknown;
    vi.spyOn(DuckDBConnection.prototype, call).mockImplementation(function (
      this: DuckDBConnection,
      ...args: unknown[]
    ) {
      sent.push(kindOf(String(args[0])));
      return original.apply(this, args) as never;
    });
  }
});

afterEach(async () => {
  vi.restoreAllMocks();
  await engine.close();
  await rm(folder, { recursive: true });
});

const kinds: readonly (readonly [string, RegExp])[] = [
  ['parse', /json_serialize_sql/],
  ['dialect', /sniff_csv/],
  ['columns with the dialect', /^DESCRIBE FROM read_csv/],
  ['input as a view', /^CREATE OR REPLACE TEMP VIEW/],
  ['columns of views', /planscope row/],
  ['columns of an input', /^FROM \((?:FROM|SELECT)/],
  ['copy', /^COPY/],
  ['query', /^WITH/],
  ['limits of memory', /^SELECT current_setting\('memory_limit'\)/],
];

function kindOf(text: string): string {
  return kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? text;
}

const spec = (name = 'named'): ExecutionSpec => ({
  version: 1,
  inputs: [
    { name: 'people', location: join(folder, 'people.parquet') },
    { name: 'towns', location: join(folder, 'towns.csv') },
  ],
  views: [
    { name: 'counted', sql: 'SELECT town, count(*) AS people FROM people GROUP BY town' },
    { name, sql: 'SELECT name, people FROM counted JOIN towns USING (town)' },
  ],
  outputs: [
    { name: 'file', from: name, location: join(folder, 'named.parquet') },
    { name: 'rows', from: name },
  ],
});

const outputs = ['copy', 'query'];

it('sends one statement for each thing it has to find, and one for each output', async () => {
  await engine.run(spec());
  expect(sent.toSorted()).toEqual(
    ['parse', 'columns of an input', 'dialect', 'columns with the dialect', 'columns of views', ...outputs].toSorted(),
  );
});

it('does not examine known inputs again', async () => {
  await engine.run(spec());
  sent.length = 0;
  await engine.run(spec('other'));
  expect(sent).toEqual(['parse', 'columns of views', ...outputs]);
});

it('sends only the outputs if it has planned the same before', async () => {
  await engine.run(spec());
  sent.length = 0;
  await engine.run(spec());
  expect(sent).toEqual(outputs);
});

it('sends only the outputs of a traced run, too, once its connection is measured', async () => {
  const recorder = createSpanRecorder();
  const { tracerProvider } = recorder;
  const traced = await createEngine({ tracing: { preset: 'production-lean' }, environment: {}, tracerProvider });
  await traced.run(spec());
  sent.length = 0;
  recorder.clear();
  await traced.run(spec());
  // These are read again after a second, which a busy machine can take.
  expect(sent.filter((kind) => kind !== 'limits of memory')).toEqual(outputs);
  const names = recorder.spans().map(({ name }) => name);
  expect(names).toContain('HASH_JOIN');
  expect(names).toContain('duckdb.get_ranges');
  await traced.close();
});

it('finds the wrong view by describing one after another', async () => {
  const wrong = { name: 'named', sql: 'SELECT nobody FROM counted' };
  const views = [...(spec().views ?? []).slice(0, 1), wrong];
  await expect(engine.run({ ...spec(), views })).rejects.toMatchObject({ field: 'views[1].sql' });
});

it('describes sixteen views at a time', async () => {
  const first = { name: 'v0', sql: 'SELECT * FROM people' };
  const more = Array.from({ length: 39 }, (_, at) => ({
    name: `v${at + 1}`,
    sql: `SELECT *, ${at} AS n${at} FROM v${at}`,
  }));
  const rows = { name: 'rows', from: 'v39' };
  const { outputs } = await engine.run({ ...spec(), views: [first, ...more], outputs: [rows] });
  expect(sent.filter((kind) => kind === 'columns of views')).toHaveLength(3);
  expect(outputs[0]?.schema?.fields).toHaveLength(41);
});
