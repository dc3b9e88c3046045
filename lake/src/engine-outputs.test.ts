import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Engine, OutputSpec, RunResult } from '@planscope/engine';
import { createStoreRegistry, type StoreRegistry } from '@planscope/object-store';
import { s3Stores } from '@planscope/object-store/s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Minio, minioProgram } from './minio.ts';
import { endTest, openEngine } from './traced-engine.ts';
import { extensions } from './traced-instance.ts';

/** Has deltalake; without it, these tests are left out. */
const python = process.env.PLANSCOPE_TEST_LAKE_PYTHON;
const isComplete = extensions !== undefined && python !== undefined && minioProgram !== undefined;

let folder: string;
let minio: Minio;
let engines: Engine[] = [];

const endpoint = (): string => `http://127.0.0.1:${minio.port}`;

function stores(): StoreRegistry {
  const credentials = { accessKeyId: Minio.keyId, secretAccessKey: Minio.secret };
  return createStoreRegistry({
    factories: { s3: s3Stores({ endpoint: endpoint(), region: 'us-east-1', credentials }) },
  });
}

async function open(...names: string[]): Promise<Engine> {
  const engine = await openEngine(names, { stores: stores() });
  engines.push(engine);
  return engine;
}

/** Writes the rows of a query to an output. */
function write(engine: Engine, sql: string, output: Partial<OutputSpec>): Promise<RunResult> {
  return engine.run({
    version: 1,
    views: [{ name: 'rows', sql }],
    outputs: [{ name: 'out', from: 'rows', ...output }],
  });
}

/** What deltalake, the implementation in Rust, finds in a table: its version, and its rows in order. */
function read(location: string): unknown {
  const script = `
import json, os, sys
from deltalake import DeltaTable
options = json.loads(sys.argv[2])
table = DeltaTable(sys.argv[1], storage_options=options or None)
rows = table.to_pyarrow_table().to_pylist()
history = [commit.get("engineInfo", "").split("/")[0] for commit in table.history()]
print(json.dumps({"version": table.version(), "rows": sorted(rows, key=str), "writers": sorted(set(history))}, default=str), flush=True)
# Threads of Arrow may still run when Python ends them.
os._exit(0)
`;
  return JSON.parse(runPython(script, location).replaceAll('-Infinity', '-1e999'));
}

/** Runs a script with a location and with deltalake's options for it. */
function runPython(script: string, location: string): string {
  const options = location.startsWith('s3:')
    ? {
        AWS_ENDPOINT_URL: endpoint(),
        AWS_ACCESS_KEY_ID: Minio.keyId,
        AWS_SECRET_ACCESS_KEY: Minio.secret,
        AWS_REGION: 'us-east-1',
        AWS_ALLOW_HTTP: 'true',
      }
    : {};
  return execFileSync(python ?? '', ['-c', script, location, JSON.stringify(options)], { encoding: 'utf8' });
}

/** Creates a table with partitions by a day and a text. */
function createWithRust(location: string): void {
  const script = `
import datetime, json, os, sys
import pyarrow as pa
from deltalake import write_deltalake
rows = pa.table({"n": [1, 2], "day": [datetime.date(2026, 2, 1), None], "name": ["x", "y z"]})
options = json.loads(sys.argv[2])
write_deltalake(sys.argv[1], rows, partition_by=["day", "name"], storage_options=options or None)
os._exit(0)
`;
  runPython(script, location);
}

/** Appends one row with deltalake, in a process of its own. */
async function appendWithRust(location: string, n: number): Promise<void> {
  const script = `
import os, sys
import pyarrow as pa
from deltalake import write_deltalake
write_deltalake(sys.argv[1], pa.table({"n": [int(sys.argv[2])], "name": ["rust"]}), mode="append")
os._exit(0)
`;
  await promisify(execFile)(python ?? '', ['-c', script, location, String(n)]);
}

describe.skipIf(!isComplete)('outputs of the engine', () => {
  beforeAll(async () => {
    minio = await Minio.start();
  });
  afterAll(() => minio.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'planscope-outputs-'));
  });
  afterEach(async () => {
    await endTest(...engines);
    engines = [];
    rmSync(folder, { recursive: true });
  });

  it.each(['local', 's3'])('create a Delta table and append to it (%s)', async (place) => {
    const location = place === 'local' ? join(folder, 'table') : 's3://lake/written';
    const output = { location, format: 'delta' } as const;
    const engine = await open();
    const created = await write(engine, "SELECT 1::BIGINT AS n, 'a' AS name", { ...output, mode: 'create' });
    expect(created.outputs[0]).toMatchObject({ rows: 1, file: { format: 'delta', version: 0 } });
    // Columns are matched by name; a column that is missing is null.
    const appended = await write(engine, "SELECT 'b' AS name, 2::TINYINT AS n UNION ALL SELECT NULL, 3", output);
    expect(appended.outputs[0]).toMatchObject({ rows: 2, file: { version: 1 } });
    await write(engine, 'SELECT 4 AS n', output);
    expect(read(location)).toEqual({
      version: 2,
      rows: expect.arrayContaining([
        { n: 1, name: 'a' },
        { n: 2, name: 'b' },
        { n: 3, name: null },
        { n: 4, name: null },
      ]),
      writers: ['planscope'],
    });
    const replaced = await write(engine, "SELECT 9 AS n, 'z' AS name", { ...output, mode: 'overwrite' });
    expect(replaced.outputs[0]).toMatchObject({ file: { version: 3 } });
    expect(read(location)).toMatchObject({ version: 3, rows: [{ n: 9, name: 'z' }] });
  });

  describe.each(['local', 's3'])('that are Delta tables with partitions (%s)', (place) => {
    const table = (name: string) =>
      ({ location: place === 'local' ? join(folder, name) : `s3://lake/${name}`, format: 'delta' }) as const;

    /** The rows as text, by our own reader and by DuckDB's. */
    async function rowsBy(access: 'direct' | 'fetch', location: string, sql: string): Promise<unknown[]> {
      const engine = await open('delta', 'httpfs');
      const { outputs } = await engine.run({
        version: 1,
        inputs: [{ name: 't', location, format: 'delta', access }],
        views: [{ name: 'v', sql }],
        outputs: [{ name: 'o', from: 'v' }],
      });
      return (outputs[0]?.batches ?? []).flatMap((batch) => batch.toArray().map((row) => row.toJSON()));
    }

    it('have the values of any text, and files in the folders of Hive', async () => {
      const texts = [
        'a/b',
        '50%',
        'a%20b',
        'é ü',
        '日本',
        '',
        '__HIVE_DEFAULT_PARTITION__',
        '.',
        '..',
        "it's",
        'x=y',
        ' s ',
      ];
      const long = 'long '.repeat(80);
      const list = [...texts, long].map((text) => `'${text.replaceAll("'", "''")}'`).join(', ');
      const sql = `SELECT row_number() OVER () AS n, v AS "a/b" FROM (SELECT unnest([${list}, NULL]) AS v)`;
      const output = { ...table('texts'), partitionBy: ['a/b'] };
      const { outputs } = await write(await open(), sql, { ...output, mode: 'create' });
      expect(outputs[0]).toMatchObject({ rows: 14, file: { version: 0 } });
      const expected = [...texts, long].map((text, index) => ({ n: index + 1, 'a/b': text === '' ? null : text }));
      const { rows } = read(output.location) as { rows: { n: number }[] };
      expect(rows.sort((a, b) => a.n - b.n)).toEqual([...expected, { n: 14, 'a/b': null }]);
      for (const access of ['direct', 'fetch'] as const) {
        expect(await rowsBy(access, output.location, 'SELECT n::INT AS n, "a/b" FROM t ORDER BY n')).toEqual(rows);
      }
      if (place === 'local') {
        const names = readdirSync(output.location);
        expect(names).toContain('a%2Fb=a%2Fb');
        expect(names).toContain('a%2Fb=__HIVE_DEFAULT_PARTITION__');
        expect(names.filter((name) => name.endsWith('.parquet')).length).toBe(1);
      }
    });

    it('have values of every type that a partition can have', async () => {
      const types = {
        d: "DATE '0001-01-01'",
        ts: "TIMESTAMP '2026-01-05 01:02:03.0004'",
        tz: "TIMESTAMPTZ '1969-12-31 23:59:59+00'",
        dec: '12.500::DECIMAL(10, 3)',
        b: 'false',
        i: '(-3)::TINYINT',
        l: '9223372036854775807',
        f: "'-inf'::FLOAT",
        x: '1e-7',
        s: "'text'",
      };
      const columns = Object.entries(types);
      const values = columns.map(([name, value]) => `${value} AS ${name}`).join(', ');
      const nulls = columns.map(([name, value]) => `CASE WHEN false THEN ${value} END AS ${name}`).join(', ');
      const output = table('types');
      const partitionBy = Object.keys(types);
      const engine = await open();
      await write(engine, `SELECT 1 AS n, ${values}`, { ...output, mode: 'create', partitionBy });
      await write(engine, `SELECT 2 AS n, ${nulls}`, output);
      const { version, rows } = read(output.location) as { version: number; rows: Record<string, unknown>[] };
      expect(version).toBe(1);
      expect(rows).toEqual([
        {
          ...{ n: 1, d: '0001-01-01', ts: '2026-01-05 01:02:03.000400', tz: '1969-12-31 23:59:59+00:00' },
          ...{
            dec: '12.500',
            b: false,
            i: -3,
            l: 9223372036854776000,
            f: Number.NEGATIVE_INFINITY,
            x: 1e-7,
            s: 'text',
          },
        },
        { n: 2, ...Object.fromEntries(columns.map(([name]) => [name, null])) },
      ]);
      const sql = `SELECT n FROM t WHERE ${columns.map(([name, value]) => `${name} = ${value}`).join(' AND ')}
        UNION ALL SELECT n FROM t WHERE ${columns.map(([name]) => `${name} IS NULL`).join(' AND ')}`;
      for (const access of ['direct', 'fetch'] as const) {
        expect(await rowsBy(access, output.location, sql)).toEqual([{ n: 1 }, { n: 2 }]);
      }
    });

    it('keep their partitions in appends and when they are overwritten', async () => {
      const output = table('kept');
      const engine = await open();
      const rows = 'SELECT range AS n, range % 3 AS part FROM range(9)';
      await write(engine, rows, { ...output, mode: 'create', partitionBy: ['PART'] });
      await write(engine, 'SELECT 1 AS part, 100 AS n UNION ALL SELECT 7, 200', output);
      const some = 'SELECT sum(n)::INT AS s, count(*)::INT AS c FROM t WHERE part = 1';
      for (const access of ['direct', 'fetch'] as const) {
        expect(await rowsBy(access, output.location, some)).toEqual([{ s: 112, c: 4 }]);
      }
      // No rows are a version without files.
      const none = await write(engine, 'SELECT 1 AS n, 1 AS part LIMIT 0', output);
      expect(none.outputs[0]).toMatchObject({ rows: 0, file: { version: 2, bytes: 0 } });
      await expect(write(engine, rows, { ...output, partitionBy: ['n'] })).rejects.toMatchObject({
        code: 'invalid-spec',
        field: 'outputs[0].partitionBy',
        message: expect.stringContaining('is partitioned by part; leave it out'),
      });
      await write(engine, 'SELECT 5 AS n, 2 AS part', { ...output, mode: 'overwrite', partitionBy: ['part'] });
      expect(read(output.location)).toMatchObject({ version: 3, rows: [{ n: 5, part: 2 }] });
    });

    it('written by deltalake take more rows', async () => {
      const output = table('theirs');
      createWithRust(output.location);
      await write(await open(), "SELECT 3 AS n, DATE '2026-02-03' AS day, 'a/b' AS name", output);
      expect(read(output.location)).toMatchObject({
        version: 1,
        rows: [
          { n: 1, day: '2026-02-01', name: 'x' },
          { n: 2, day: null, name: 'y z' },
          { n: 3, day: '2026-02-03', name: 'a/b' },
        ],
      });
    });
  });

  it('of two writers at once lose nothing, and say who was faster', async () => {
    const location = join(folder, 'table');
    const output = { location, format: 'delta' } as const;
    await write(await open(), "SELECT 0::BIGINT AS n, 'first' AS name", { ...output, mode: 'create' });
    const writers = await Promise.all([open(), open(), open()]);
    const writes = writers.flatMap((engine, index) =>
      [0, 1, 2].map((round) => write(engine, `SELECT ${10 * (index + 1) + round} AS n, 'x' AS name`, output)),
    );
    const [results] = await Promise.all([Promise.all(writes), appendWithRust(location, 99)]);
    const versions = results.map(({ outputs }) => outputs[0]?.file?.version);
    expect(new Set(versions).size).toBe(9);
    const numbers = (read(location) as { rows: { n: number }[] }).rows.map(({ n }) => n).sort((a, b) => a - b);
    expect(numbers).toEqual([0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 99]);
    const races = results.flatMap(({ warnings }) => warnings.filter(({ code }) => code === 'delta-race'));
    expect(races.length).toBeGreaterThan(0);
    for (const { message } of races) expect(message).toMatch(/committed first by (planscope|delta-rs)\S* \(WRITE\)/);
  });

  it('are refused before the query where a Delta table cannot take the rows', async () => {
    const location = join(folder, 'table');
    const output = { location, format: 'delta' } as const;
    const engine = await open();
    await expect(write(engine, 'SELECT 1 AS n', output)).rejects.toThrow(/there is no Delta table .* use "create"/);
    await write(engine, 'SELECT 1 AS n', { ...output, mode: 'create' });
    const before = readdirSync(location);
    await expect(write(engine, 'SELECT 1 AS n', { ...output, mode: 'create' })).rejects.toThrow(/use "append"/);
    await expect(write(engine, 'SELECT 1 AS m', output)).rejects.toThrow(/has no column "m"; it has n/);
    const unsigned = { ...output, location: join(folder, 'other'), mode: 'create' } as const;
    await expect(write(engine, 'SELECT 1::UINTEGER AS n', unsigned)).rejects.toThrow(/column "n" has the type Uint32/);
    await expect(write(engine, "SELECT 'x' AS n", output)).rejects.toThrow(/Conversion Error/);
    expect(readdirSync(location)).toEqual(before);
  });

  it('are tables of a DuckLake', async () => {
    const catalogue = join(folder, 'lake.ducklake');
    const extension = join(extensions ?? '', 'ducklake.duckdb_extension');
    const inLake = async (sql: string): Promise<unknown> => {
      const instance = await DuckDBInstance.create();
      const connection = await instance.connect();
      await connection.run(`LOAD '${extension}'`);
      await connection.run(`ATTACH 'ducklake:${catalogue}' AS lake (DATA_PATH '${folder}/data')`);
      const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
      connection.closeSync();
      instance.closeSync();
      return rows;
    };
    await inLake('SELECT 1');
    const engine = await open('ducklake');
    const output = { location: `ducklake:${catalogue}`, format: 'ducklake', table: 'main.numbers' } as const;
    const created = await write(engine, 'SELECT range AS n FROM range(3)', { ...output, mode: 'create' });
    expect(created.outputs).toEqual([{ name: 'out', rows: 3 }]);
    expect((await write(engine, 'SELECT 7 AS n', output)).outputs).toEqual([{ name: 'out', rows: 1 }]);
    expect(await inLake('SELECT sum(n)::INT AS s FROM lake.numbers')).toEqual([{ s: 10 }]);
    await write(engine, 'SELECT 1 AS n', { ...output, mode: 'overwrite' });
    expect(await inLake('SELECT sum(n)::INT AS s FROM lake.numbers')).toEqual([{ s: 1 }]);
    await expect(write(engine, 'SELECT 1 AS n', { ...output, mode: 'create' })).rejects.toThrow(/already exists/);
  });
});
