import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpanRecorder } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type ExecutionSpec, type RunOptions, SpecError } from '../src/index.ts';

let folder: string;
let orders: string;
let engine: Engine;
const recorder = createSpanRecorder();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'planscope-parameters-'));
  orders = join(folder, 'orders.csv');
  writeFileSync(orders, 'id,day,city\n1,2026-11-01,Bern\n2,2026-11-02,Oslo\n3,2026-11-03,Bern\n');
  engine = await createEngine({ tracerProvider: recorder.tracerProvider, environment: {} });
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function rows(sql: string, parameters: RunOptions['parameters'] = {}): Promise<unknown[]> {
  const inputs = [{ name: 'orders', location: orders }];
  const { batches } = await engine.stream({ sql, inputs: sql.includes('orders') ? inputs : [] }, { parameters });
  const found: unknown[] = [];
  for await (const batch of batches) for (const row of batch) found.push(row.toJSON());
  return found;
}

async function refusal(sql: string, parameters: RunOptions['parameters']): Promise<unknown> {
  return rows(sql, parameters).then(
    () => 'no error',
    (error) => (SpecError.isInstance(error) ? `${error.code} ${error.message}` : error),
  );
}

describe('parameters of a run', () => {
  it('are bound in queries, whatever their case, and cannot become SQL', async () => {
    expect(await rows('SELECT id FROM orders WHERE city = $City AND id > $id', { city: 'Bern', ID: 1 })).toEqual([
      { id: 3n },
    ]);
    const hostile = `' OR 1 = 1; DROP TABLE x; -- $other ?`;
    expect(await rows('SELECT id FROM orders WHERE city = $city', { city: hostile })).toEqual([]);
    expect(await rows('SELECT $text AS text', { text: hostile })).toEqual([{ text: hostile }]);
  });

  it('have the types of their values, or the type that is named', async () => {
    const given = {
      flag: true,
      small: 7,
      large: 2 ** 40,
      fraction: 0.1,
      huge: 2n ** 70n,
      nothing: null,
      bytes: new Uint8Array([1, 0, 255]),
      now: new Date('2026-11-29T10:00:00.123Z'),
      numbers: [1, 2.5, null],
      empty: [],
      day: { type: 'DATE', value: '2026-11-29' },
      price: { type: 'DECIMAL(18, 2)', value: '12.50' },
      days: { type: 'DATE[]', value: ['2026-11-29'] },
      pair: { type: 'STRUCT(a INTEGER, b VARCHAR)', value: `{'a': 1, 'b': 'x'}` },
    };
    const types = Object.keys(given).map((name) => `typeof($${name}) AS ${name}`);
    expect(await rows(`SELECT ${types.join(', ')}`, given)).toEqual([
      {
        flag: 'BOOLEAN',
        small: 'INTEGER',
        large: 'BIGINT',
        fraction: 'DOUBLE',
        huge: 'HUGEINT',
        nothing: '"NULL"',
        bytes: 'BLOB',
        now: 'TIMESTAMP WITH TIME ZONE',
        numbers: 'DOUBLE[]',
        empty: '"NULL"[]',
        day: 'DATE',
        price: 'DECIMAL(18,2)',
        days: 'DATE[]',
        pair: 'STRUCT(a INTEGER, b VARCHAR)',
      },
    ]);
    const value = `SELECT epoch_ms($now) AS now, hex($bytes) AS bytes, list_sum($numbers) AS sum, len($empty) AS empty`;
    const { now, bytes, numbers, empty } = given;
    expect(await rows(value, { now, bytes, numbers, empty })).toEqual([
      { now: BigInt(now.getTime()), bytes: '0100FF', sum: 3.5, empty: 0n },
    ]);
  });

  it('determine the columns of views, outputs and files', async () => {
    const file = join(folder, 'out.parquet');
    const spec: ExecutionSpec = {
      version: 1,
      inputs: [{ name: 'orders', location: orders }],
      views: [
        { name: 'chosen', sql: 'SELECT id, $label AS label, strptime(day::VARCHAR, $format) AS at FROM orders' },
        { name: 'last', sql: 'FROM chosen ORDER BY id DESC LIMIT $count' },
        { name: 'other', sql: 'SELECT count(*) AS orders FROM orders' },
      ],
      outputs: [
        { name: 'file', from: 'last', location: file, format: 'parquet' },
        { name: 'rows', from: 'other' },
      ],
    };
    const parameters = { label: 1.5, format: '%Y-%m-%d', count: 2 };
    const { outputs, status } = await engine.run(spec, { parameters });
    expect(status).toBe('ok');
    expect(outputs.map(({ rows: number }) => number)).toEqual([2, 1]);
    const written = await engine.stream({ sql: 'FROM written', inputs: [{ name: 'written', location: file }] });
    expect(written.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id Int64',
      'label Float64',
      'at Timestamp<MICROSECOND>',
    ]);
    for await (const _ of written.batches);
  });

  it('change the envelope, not the specification, and never lead to the plan of other values', async () => {
    const spec: ExecutionSpec = {
      version: 1,
      views: [{ name: 'one', sql: 'SELECT $value AS value' }],
      outputs: [{ name: 'one', from: 'one' }],
    };
    const results = [];
    for (const value of [1, 1, 2, 'two']) results.push(await engine.run(spec, { parameters: { value } }));
    expect(new Set(results.map(({ specHash }) => specHash)).size).toBe(1);
    expect(new Set(results.map(({ envelopeHash }) => envelopeHash)).size).toBe(3);
    expect(results.map(({ planReused }) => planReused)).toEqual([false, true, false, false]);
    const values = results.map(({ outputs: [output] }) => output?.batches?.[0]?.get(0)?.toJSON());
    expect(values).toEqual([{ value: 1 }, { value: 1 }, { value: 2 }, { value: 'two' }]);
  });

  it('appear without their values in traces and results, unless the program keeps them', async () => {
    const secret = 'Zanzibar-4711';
    recorder.clear();
    await rows('SELECT id FROM orders WHERE city = $city', { city: secret });
    await refusal('SELECT $day AS day', { day: { type: 'DATE', value: secret } });
    await refusal('SELECT CAST($city AS INTEGER) AS city', { city: secret });
    const text = JSON.stringify(
      recorder.spans().map(({ name, attributes, events, status }) => [name, attributes, events, status]),
    );
    expect(text).toContain('$city = ?');
    expect(text).not.toContain(secret);
    const keeping = await createEngine({
      tracerProvider: recorder.tracerProvider,
      environment: {},
      tracing: { privacy: { planLiterals: 'keep' } },
    });
    const { batches } = await keeping.stream({ sql: 'SELECT $city AS city' }, { parameters: { city: secret } });
    for await (const _ of batches);
    await keeping.close();
    expect(JSON.stringify(recorder.spans().map(({ attributes }) => attributes))).toContain(`$city = '${secret}'`);
  });

  it('do not change the trace of a query, with its plans and the effects of optimizers', async () => {
    const deep = await createEngine({
      tracerProvider: recorder.tracerProvider,
      environment: {},
      tracing: { preset: 'maximal', ruleMode: 'full' },
    });
    const spansOf = async (where: string, parameters: RunOptions['parameters'] = {}): Promise<string[]> => {
      recorder.clear();
      const { batches, result } = await deep.stream(
        { sql: `SELECT id FROM orders WHERE ${where}`, inputs: [{ name: 'orders', location: orders }] },
        { parameters },
      );
      let rowCount = 0;
      for await (const batch of batches) rowCount += batch.numRows;
      expect([rowCount, (await result).warnings]).toEqual([1, []]);
      return recorder.spans().map(({ name, attributes }) => `${name} ${attributes['datafusion.plan_diff'] ?? ''}`);
    };
    const written = await spansOf(`city = 'Bern' AND id < 3`);
    const bound = await spansOf('city = $city AND id < $id', { city: 'Bern', id: 3 });
    await deep.close();
    expect(bound.map((text) => text.split(' ')[0])).toEqual(written.map((text) => text.split(' ')[0]));
  });

  it('are refused before any work, with the parameter and what would be right', async () => {
    expect(await refusal('SELECT $a + $b + $A', { a: 1 })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] views[0].sql: the query needs values for $b; pass them as the option "parameters" of the run"`,
    );
    expect(await refusal('SELECT $a', { a: 1, c: 2 })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] parameters.c: no query uses $c; they use $a"`,
    );
    expect(await refusal('SELECT 1', { c: 2 })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] parameters.c: no query uses $c; the queries have no parameters"`,
    );
    expect(await refusal('SELECT $a', { a: 1, A: 2 })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] parameters.A: another parameter differs from it only in case"`,
    );
    expect(await refusal('SELECT ? + $1', {})).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] views[0].sql: the query has the parameter ? without a name; give it one, as in $day"`,
    );
    expect(await refusal('SELECT $a', { a: new Date('never') })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] parameters.a: [planscope/duckdb] the parameter "a" is an invalid Date"`,
    );
    expect(await refusal('SELECT $a', { a: [1, 'x'] })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] parameters.a: [planscope/duckdb] the parameter "a" is an array of several types (INTEGER, VARCHAR); use one type"`,
    );
    expect(await refusal('SELECT $a', { a: 2n ** 200n })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] parameters.a: [planscope/duckdb] the parameter "a" is a bigint with more than 128 bits"`,
    );
    expect(await refusal('SELECT $a', { a: (() => 1) as never })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] parameters.a: [planscope/duckdb] the parameter "a" is of type function; use null, boolean, number, bigint, string, Date, Uint8Array, an array of them, or { type, value }"`,
    );
    expect(await refusal('SELECT $a', { a: { type: 'DATE) FROM x --', value: '' } })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] parameters.a: [planscope/duckdb] the parameter "a" has the type "DATE) FROM x --", which is not a type name"`,
    );
    expect(await refusal('SELECT $a', { a: { type: 'INTEGER, 2', value: 1 } })).toMatchInlineSnapshot(
      `"invalid-parameter [planscope/engine] parameters.a: [planscope/duckdb] the parameter "a" has the type "INTEGER, 2", which is not a type name"`,
    );
    expect(await refusal('SELECT $a', { a: { type: 'DATUM', value: 'x' } })).toMatchInlineSnapshot(`
      "invalid-parameter [planscope/engine] parameters.a: Catalog Error: Type with name DATUM does not exist!
      Did you mean "main.DATE"?

      LINE 1: SELECT CAST($1 AS DATUM)
                                ^"
    `);
    expect(await refusal('SELECT $a', { a: { type: 'DATE', value: 'x' } })).toMatchInlineSnapshot(`
      "invalid-parameter [planscope/engine] parameters.a: Conversion Error: invalid date field format: "x", expected format is (YYYY-MM-DD)

      LINE 1: SELECT CAST($1 AS DATE)
                     ^"
    `);
  });
});
