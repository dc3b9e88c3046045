import { copyFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { createEngine, type EngineOptions, type ExecutionSpec } from '@planscope/engine';
import { createSpanRecorder } from '@planscope/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  statements as answering,
  type ScriptedAnswer,
  startScriptedServer,
} from '../../../trino/test/scripted-server.ts';

/** A file from pyarrow with the column `at`, a timestamp as INT96. */
const INT96 =
  'UEFSMRUAFSQVJCwVAhUAFQYVBhwAAAACAAAAAgEAAAAAAAAAAOKEJQAVBBksNQAYBnNjaGVtYRUCABUGJQIYAmF0ABYCGRwZHCYAHBUGGSUGABkYAmF0FQAWAhZKFkomCEkcFQAVABUCADwpBhkmAAIAAAAWShYCJggWSgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGRwcAAAAfAAAAFBBUjE=';

let folder: string;
let place: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'planscope-files-')));
  place = `${pathToFileURL(folder).href}/`;
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`COPY (SELECT 1 AS id, 'x' AS "Name") TO '${join(folder, 'plain.parquet')}'`);
  await connection.run(`COPY (SELECT TIMESTAMP '2020-01-01' AS at) TO '${join(folder, 'micros.parquet')}'`);
  await connection.run(`COPY (SELECT TIMESTAMP_NS '2020-01-01' AS at) TO '${join(folder, "nano''s.parquet")}'`);
  await connection.run(`COPY (SELECT 1 AS id) TO '${join(folder, '_hidden.parquet')}'`);
  const grown = {
    'same-1': `1 AS id, 'x' AS name`,
    'same-2': `'y' AS "NAME", 2 AS id, true AS more`,
    'lacks-1': `1 AS id, 'x' AS name`,
    'lacks-2': '2 AS id',
    'wider-1': '1 AS id',
    'wider-2': '2::BIGINT AS id',
    'int96-1': `TIMESTAMP '2020-01-01' AS at`,
  };
  for (const [name, columns] of Object.entries(grown)) {
    await connection.run(`COPY (SELECT ${columns}) TO '${join(folder, `${name}.parquet`)}'`);
  }
  await writeFile(join(folder, 'int96-2.parquet'), Buffer.from(INT96, 'base64'));
  await copyFile(join(folder, 'plain.parquet'), join(folder, 'text-1.parquet'));
  await writeFile(join(folder, 'text-2.parquet'), 'no Parquet at all');
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rm(folder, { recursive: true }));

/** The answers of a cluster with a catalog of hive, to which others can be added. */
async function engineOn(
  answer: (sql: string) => ScriptedAnswer | undefined = () => undefined,
  options: EngineOptions = {},
) {
  const sent: { readonly sql: string; readonly properties: string }[] = [];
  const answerOf = (sql: string): ScriptedAnswer | undefined => {
    const own = answer(sql);
    if (own !== undefined) return own;
    if (sql.includes('version()')) return { columns: { v: 'varchar' }, data: [['483']] };
    if (sql.includes('metadata.catalogs')) return { columns: { c: 'varchar' }, data: [['hive']] };
    if (sql.includes('schemata')) return { columns: { c: 'integer' }, data: [[1]] };
    if (/LIMIT 0$/.test(sql)) return { columns: { id: 'integer' } };
    return /^(?:CREATE|DROP)/.test(sql) ? {} : { columns: { id: 'integer' }, data: [[1]] };
  };
  const cluster = await startScriptedServer([
    answering((sql, { headers }) => {
      sent.push({ sql, properties: String(headers['x-trino-session'] ?? '') });
      return answerOf(sql);
    }),
  ]);
  const recorder = createSpanRecorder();
  const engine = await createEngine({
    engine: 'trino',
    trino: {
      server: cluster.origin,
      user: 'test',
      reportTimeout: 50,
      retryFor: 50,
      files: { catalog: 'hive', schema: 'scratch', locations: { [place]: 's3://lake/' } },
    },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    ...options,
  });
  onTestFinished(async () => {
    await engine.close();
    cluster.close();
    expect(recorder.openSpans()).toBe(0);
  });
  /** The statements of runs; the names of tables without what makes them unique. */
  const statements = () =>
    sent
      .filter(({ sql }) => !/version\(\)|metadata\.catalogs|schemata/.test(sql))
      .map(({ sql }) => sql.replace(/planscope_[0-9a-f]{32}/g, 'planscope_ID'));
  return { sent, engine, statements };
}

const spec = (...names: string[]): ExecutionSpec => ({
  version: 1,
  inputs: names.map((name, index) => ({ name: `t${index}`, location: join(folder, name) })),
  outputs: [{ name: 'o', from: 't0' }],
});

const failure = { errorName: 'GENERIC_INTERNAL_ERROR', errorType: 'INTERNAL_ERROR', message: 'out of order' };

describe('a file as an input on Trino', () => {
  it('is a table of the run, which drops it', async () => {
    const { engine, statements } = await engineOn();
    const { outputs, warnings } = await engine.run(spec('plain.parquet'));
    expect(outputs[0]?.rows).toBe(1);
    expect(warnings.filter(({ code }) => code !== 'trino-report-missing')).toEqual([]);
    expect(statements()).toMatchInlineSnapshot(`
      [
        "CREATE TABLE "hive"."scratch"."planscope_ID_1_t0" ("id" integer, "Name" varchar) COMMENT 'Files of a run of Planscope, which drops the table when it ends' WITH (external_location = 's3://lake/', format = 'PARQUET')",
        "SELECT * FROM (
      WITH "t0" AS (
      SELECT "id" AS "id", "Name" AS "Name" FROM "hive"."scratch"."planscope_ID_1_t0" WHERE "$path" IN ('s3://lake/plain.parquet')
      )
      SELECT * FROM "t0"
      ) LIMIT 0",
        "WITH "t0" AS (
      SELECT "id" AS "id", "Name" AS "Name" FROM "hive"."scratch"."planscope_ID_1_t0" WHERE "$path" IN ('s3://lake/plain.parquet')
      )
      SELECT * FROM "t0"",
        "DROP TABLE IF EXISTS "hive"."scratch"."planscope_ID_1_t0"",
      ]
    `);
  });

  it('has the precision of its timestamps, which all files of the run share', async () => {
    const { sent, engine, statements } = await engineOn();
    await engine.run(spec('plain.parquet'));
    expect(sent.every(({ properties }) => properties === '')).toBe(true);
    const start = sent.length;
    await engine.run(spec('micros.parquet', "nano's.parquet"));
    const later = sent.slice(start);
    const queries = later.filter(({ sql }) => !sql.startsWith('DROP'));
    expect(new Set(queries.map(({ properties }) => properties))).toEqual(
      new Set(['hive.timestamp_precision=NANOSECONDS']),
    );
    const all = statements().join('\n');
    expect(all).toContain('("at" timestamp(9))');
    expect(all).toContain('SELECT CAST("at" AS timestamp(6)) AS "at" FROM');
    expect(all).toContain(`"$path" IN ('s3://lake/nano''s.parquet')`);
  });

  it.each<[string, (sql: string) => boolean, number]>([
    ['the query fails', (sql) => /^WITH/.test(sql), 1],
    ['a view is wrong', (sql) => /LIMIT 0$/.test(sql), 1],
    ['its table cannot be made', (sql) => sql.startsWith('CREATE'), 1],
  ])('is dropped when %s', async (_, fails, drops) => {
    const { engine, statements } = await engineOn((sql) => (fails(sql) ? { error: failure } : undefined));
    await expect(engine.run(spec('plain.parquet'))).rejects.toThrow('out of order');
    expect(statements().filter((sql) => sql.startsWith('DROP'))).toHaveLength(drops);
  });

  it('is dropped after its table is made, when the run is stopped meanwhile', async () => {
    let made = false;
    const stop = new AbortController();
    const { engine, statements } = await engineOn((sql) => {
      if (!sql.startsWith('CREATE')) return sql.startsWith('DROP') && !made ? { error: failure } : undefined;
      stop.abort(new Error('stopped'));
      const after = new Promise((resolve) => setTimeout(resolve, 100)).then(() => {
        made = true;
      });
      return { after };
    });
    const run = engine.run(spec('plain.parquet'), { signal: stop.signal });
    await expect(run).rejects.toThrow('stopped');
    expect(made).toBe(true);
    expect(statements().at(-1)).toMatch(/^DROP/);
  });

  it('only warns if its table cannot be dropped', async () => {
    const { engine } = await engineOn((sql) => (sql.startsWith('DROP') ? { error: failure } : undefined));
    const { status, warnings } = await engine.run(spec('plain.parquet'));
    expect(status).toBe('ok');
    const left = warnings.find(({ code }) => code === 'trino-table-left-behind');
    expect(left?.message).toMatch(/in hive\.scratch: planscope_[0-9a-f]{32}_1_t0$/);
  });

  it.each<[string, string, string]>([
    ['_hidden.parquet', 'inputs[0].location', 'whose name starts with "_" or "."'],
    ['rows.csv', 'inputs[0].location', 'make it Parquet or a table'],
  ])('is refused before any table is made: %s', async (name, field, text) => {
    const { engine, statements } = await engineOn();
    const refused = await engine.run(spec(name)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'unsupported-by-engine', field, message: expect.stringContaining(text) });
    expect(statements()).toEqual([]);
  });

  it.each([
    ['lacks', 'unsupported-by-engine', 'lacks-2.parquet: column "name" of the first file is missing'],
    ['wider', 'unsupported-by-engine', 'wider-2.parquet: column "id" has the type Int64, and in the first file Int32'],
    ['int96', 'unsupported-by-engine', 'int96-2.parquet: column "at" has timestamps as INT96'],
    ['text', 'unreadable-input', 'text-2.parquet: '],
  ])('of which a later one differs is refused, with the file and the column: %s', async (name, code, text) => {
    const { engine, statements } = await engineOn();
    const refused = await engine.run(spec(`${name}-*.parquet`)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code, field: 'inputs[0].location', message: expect.stringContaining(text) });
    expect(statements()).toEqual([]);
  });

  it('can have its columns in another order and others beside', async () => {
    const { engine, statements } = await engineOn();
    expect((await engine.run(spec('same-*.parquet'))).status).toBe('ok');
    expect(statements()[0]).toContain('("id" integer, "name" varchar)');
  });

  it('is refused where the cluster has no name for its place', async () => {
    const { engine, statements } = await engineOn(() => undefined);
    const elsewhere = await mkdtemp(join(tmpdir(), 'planscope-elsewhere-'));
    onTestFinished(() => rm(elsewhere, { recursive: true }));
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT 1 AS id) TO '${join(elsewhere, 'a.parquet')}'`);
    connection.closeSync();
    instance.closeSync();
    const refused = await engine
      .run({ ...spec(), inputs: [{ name: 't0', location: join(elsewhere, 'a.parquet') }] })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'unsupported-by-engine', field: 'inputs[0].location' });
    expect(String(refused)).toContain('trino.files.locations');
    expect(statements()).toEqual([]);
  });

  it('is in the roots that the program permits', async () => {
    const { engine, statements } = await engineOn(() => undefined, { allowedRoots: [join(folder, 'below')] });
    const refused = engine.run(spec('plain.parquet'));
    await expect(refused).rejects.toMatchObject({ code: 'outside-roots', field: 'inputs[0].location' });
    expect(statements()).toEqual([]);
  });

  it('needs a catalog of hive, which is asked for again after it was wrong', async () => {
    let connector = 'iceberg';
    const { engine, statements } = await engineOn((sql) =>
      sql.includes('metadata.catalogs') ? { columns: { c: 'varchar' }, data: [[connector]] } : undefined,
    );
    const refused = engine.run(spec('plain.parquet'));
    await expect(refused).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('has to be a catalog of the connector hive, but its connector is iceberg'),
    });
    expect(statements()).toEqual([]);
    connector = 'hive';
    expect((await engine.run(spec('plain.parquet'))).status).toBe('ok');
  });

  it.each([
    [{ catalog: '', schema: 'scratch' }, 'trino.files.catalog: is missing'],
    [{ catalog: 'hive', schema: 'scratch', locations: { 'az://web': 'abfss://web@a/' } }, '"az://web" is not'],
  ])('needs valid options: %j', async (files, text) => {
    const trino = { server: 'http://127.0.0.1:1', user: 'test', files };
    await expect(createEngine({ engine: 'trino', trino })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining(text),
    });
  });
});
