import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { flush } from '@planscope/duckdb';
import type { Engine } from '@planscope/engine';
import { createStoreRegistry } from '@planscope/object-store';
import { s3Stores } from '@planscope/object-store/s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../packages/object-store/test/servers/server-process.ts';
import { Minio, minioProgram } from './minio.ts';
import { endTest, openEngine, recorder } from './traced-engine.ts';
import { extensions, storageSpans, TracedInstance } from './traced-instance.ts';

const file = (name: string): string => join(extensions ?? '', `${name}.duckdb_extension`);
const isComplete =
  minioProgram !== undefined && existsSync(file('sqlite_scanner')) && existsSync(file('postgres_scanner'));
const postgres = programFolder('initdb');
if (postgres === undefined)
  console.log('left out: DuckLakes whose catalogue is in PostgreSQL, since PATH has no initdb');

function programFolder(name: string): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).find((folder) => existsSync(join(folder, name)));
}

let folder: string;
let minio: Minio;
let engine: Engine | undefined;

/** Creates a DuckLake with a table of 100 numbers, whose files are in the bucket. */
async function createLake(catalogue: string, name: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { allow_unsigned_extensions: 'true' });
  const connection = await instance.connect();
  for (const extension of ['httpfs', 'ducklake', 'sqlite_scanner', 'postgres_scanner'])
    await connection.run(`LOAD '${file(extension)}'`);
  await connection.run(`CREATE SECRET (TYPE s3, KEY_ID '${Minio.keyId}', SECRET '${Minio.secret}',
    ENDPOINT '127.0.0.1:${minio.port}', URL_STYLE 'path', USE_SSL false)`);
  await connection.run(`ATTACH '${catalogue}' AS lake (DATA_PATH 's3://lake/${name}/')`);
  await connection.run('CREATE TABLE lake.numbers AS SELECT range AS n FROM range(100)');
  connection.closeSync();
  instance.closeSync();
}

async function checkLake(location: string, kind: string): Promise<void> {
  const credentials = { accessKeyId: Minio.keyId, secretAccessKey: Minio.secret };
  const s3 = s3Stores({ endpoint: `http://127.0.0.1:${minio.port}`, region: 'us-east-1', credentials });
  // DuckDB's name for the extension is short, and that of its file is not.
  const files = { httpfs: file('httpfs'), ducklake: file('ducklake'), [kind]: file(`${kind}_scanner`) };
  const stores = createStoreRegistry({ factories: { s3 } });
  engine = await openEngine([], { stores, duckdb: { extensions: files } });
  const input = { name: 't', location, format: 'ducklake', table: 'numbers' } as const;
  const sum = async (version?: number): Promise<unknown> => {
    recorder.clear();
    const { outputs } = (await engine?.run({
      version: 1,
      inputs: [{ ...input, ...(version === undefined ? {} : { version }) }],
      views: [{ name: 'v', sql: 'SELECT count(*)::INTEGER AS c, sum(n)::INTEGER AS s FROM t' }],
      outputs: [{ name: 'o', from: 'v' }],
    })) ?? { outputs: [] };
    return outputs[0]?.batches?.[0]?.get(0)?.toJSON();
  };
  expect(await sum()).toEqual({ c: 100, s: 4950 });
  const { outputs } = await engine.run({
    version: 1,
    views: [{ name: 'rows', sql: 'SELECT 100 + range AS n FROM range(50)' }],
    outputs: [{ name: 'o', from: 'rows', location, format: 'ducklake', table: 'numbers' }],
  });
  expect(outputs).toEqual([{ name: 'o', rows: 50 }]);
  expect(await sum()).toEqual({ c: 150, s: 11_175 });
  const requests = recorder.spans().filter(({ name }) => /^s3\.(head|get|get_range)$/.test(name));
  expect(requests.length).toBeGreaterThan(1);
  expect(await sum(1)).toEqual({ c: 100, s: 4950 });
}

/** The databases of the catalogues that queries of a traced connection ask, as their spans name them. */
async function systemsOf(location: string, ...names: readonly string[]): Promise<unknown[]> {
  const traced = await TracedInstance.open('ducklake', ...names);
  try {
    const connection = await traced.connect(['catalogue']);
    await connection.run(
      `ATTACH '${location}' AS lake (DATA_PATH '${mkdtempSync(join(folder, 'data-'))}/', OVERRIDE_DATA_PATH true)`,
    );
    await connection.run('CREATE OR REPLACE TABLE lake.traced AS SELECT range AS n FROM range(100)');
    await connection.run('FROM lake.traced');
    await flush();
    const asked = traced.queries().flatMap(storageSpans);
    expect(asked.length).toBeGreaterThan(10);
    expect(new Set(asked.map(({ name }) => name))).toEqual(new Set(['ducklake.catalogue_query']));
    return [...new Set(asked.map(({ attributes }) => attributes['db.system.name']))];
  } finally {
    traced.close();
  }
}

describe.skipIf(extensions === undefined)('the catalogue of a DuckLake', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'planscope-ducklake-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is named by its database', async () => {
    expect(await systemsOf(`ducklake:${folder}/traced.ducklake`)).toEqual(['duckdb']);
    if (!existsSync(file('sqlite_scanner'))) return;
    expect(await systemsOf(`ducklake:sqlite:${folder}/traced.sqlite`, 'sqlite_scanner')).toEqual(['sqlite']);
  });
});

describe.skipIf(!isComplete)('DuckLakes with files in a bucket', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'planscope-ducklake-'));
    minio = await Minio.start();
  });
  afterAll(async () => {
    await minio.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await endTest(engine);
    engine = undefined;
  });

  it('are read and written with a catalogue in SQLite', async () => {
    const location = `ducklake:sqlite:${folder}/lake.sqlite`;
    await createLake(location, 'by-sqlite');
    await checkLake(location, 'sqlite');
    await engine?.close();
    engine = await openEngine([], {
      duckdb: { extensions: { ducklake: file('ducklake'), sqlite: file('sqlite_scanner') } },
    });
    const inputs = [{ name: 't', location, format: 'ducklake', table: 'numbers' }] as const;
    await expect(engine.run({ version: 1, inputs, outputs: [{ name: 'o', from: 't' }] })).rejects.toMatchObject({
      code: 'direct-unavailable',
      message: expect.stringContaining('extension httpfs is not available'),
    });
  });

  it.skipIf(postgres === undefined)('are read and written with a catalogue in PostgreSQL', async () => {
    const server = await Postgres.start(postgres ?? '', join(folder, 'postgres'));
    try {
      const location = `ducklake:postgres:dbname=postgres host=127.0.0.1 port=${server.port} user=tester`;
      await createLake(location, 'by-postgres');
      await checkLake(location, 'postgres');
      expect(await systemsOf(location, 'postgres_scanner')).toEqual(['postgresql']);
      await engine?.close();
      engine = undefined;
    } finally {
      server.stop();
    }
  });
});

/** A PostgreSQL of its own on loopback. It refuses to run as root, so it then runs as another user. */
class Postgres {
  readonly port: number;
  readonly #run: (program: string, ...settings: string[]) => void;
  readonly #data: string;

  private constructor(port: number, run: (program: string, ...settings: string[]) => void, data: string) {
    this.port = port;
    this.#run = run;
    this.#data = data;
  }

  static async start(programs: string, data: string): Promise<Postgres> {
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    mkdirSync(data);
    chmodSync(join(data, '..'), 0o755);
    if (nobody.uid !== undefined) chownSync(data, nobody.uid, nobody.gid);
    const run = (program: string, ...settings: string[]): void => {
      execFileSync(join(programs, program), settings, { stdio: 'ignore', cwd: data, ...nobody });
    };
    const port = await freePort();
    run('initdb', '-D', join(data, 'db'), '-U', 'tester', '-A', 'trust', '--no-sync');
    run(
      'pg_ctl',
      '-D',
      join(data, 'db'),
      '-w',
      '-l',
      join(data, 'log'),
      '-o',
      `-p ${port} -h 127.0.0.1 -k ${data}`,
      'start',
    );
    return new Postgres(port, run, data);
  }

  stop(): void {
    this.#run('pg_ctl', '-D', join(this.#data, 'db'), '-m', 'immediate', 'stop');
  }
}
