import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine, InputSpec } from '@planscope/engine';
import { createStoreRegistry, type StoreRegistry } from '@planscope/object-store';
import { s3Stores } from '@planscope/object-store/s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Minio, minioProgram } from './minio.ts';
import { endTest, openEngine, recorder } from './traced-engine.ts';
import { extensions } from './traced-instance.ts';

/** Has deltalake; without it, these tests are left out. */
const python = process.env.PLANSCOPE_TEST_LAKE_PYTHON;
const isComplete = extensions !== undefined && python !== undefined && minioProgram !== undefined;

let folder: string;
let minio: Minio;
let engine: Engine | undefined;

function stores(): StoreRegistry {
  const credentials = { accessKeyId: Minio.keyId, secretAccessKey: Minio.secret };
  const endpoint = `http://127.0.0.1:${minio.port}`;
  return createStoreRegistry({ factories: { s3: s3Stores({ endpoint, region: 'us-east-1', credentials }) } });
}

async function copyToBucket(): Promise<void> {
  const { store } = stores().resolve('s3://lake/');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name);
    if (statSync(file).isFile()) await store.put(relative(folder, file), readFileSync(file));
  }
}

/** The rows of a query over an input called `t`. */
async function query(input: Omit<InputSpec, 'name'>, sql: string): Promise<unknown[]> {
  engine ??= await openEngine(['delta', 'httpfs'], { stores: stores() });
  recorder.clear();
  const { outputs } = await engine.run({
    version: 1,
    inputs: [{ name: 't', ...input }],
    views: [{ name: 'v', sql }],
    outputs: [{ name: 'o', from: 'v' }],
  });
  return (outputs[0]?.batches ?? []).flatMap((batch) => batch.toArray().map((row) => row.toJSON()));
}

const named = (name: string) => recorder.spans().filter((span) => span.name === name);

describe.skipIf(!isComplete)('Delta tables with features that writers use', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'planscope-protocol-'));
    const script = fileURLToPath(new URL('make-protocol-tables.py', import.meta.url));
    execFileSync(python ?? '', [script, folder]);
    minio = await Minio.start();
    await copyToBucket();
    // Python's imports alone take seconds on a busy machine.
  }, 120_000);
  afterAll(async () => {
    await minio.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await endTest(engine);
    engine = undefined;
  });

  describe.each(['local', 's3'] as const)('(%s)', (place) => {
    const at = (table: string) => ({
      location: place === 'local' ? join(folder, table) : `s3://lake/${table}`,
      format: 'delta' as const,
    });

    it.each(['direct', 'fetch'] as const)('lack the rows that vectors delete, by %s access', async (access) => {
      const input = { ...at('vectors'), access };
      const sql = `SELECT n // 100_000 AS file, count(*)::INT AS c, sum(n)::DOUBLE AS s FROM t GROUP BY ALL ORDER BY ALL`;
      const sum = (file: number, isKept: (row: number) => boolean) => {
        const rows = Array.from({ length: 100_000 }, (_, row) => row).filter(isKept);
        return { file: BigInt(file), c: rows.length, s: rows.reduce((s, row) => s + file * 100_000 + row, 0) };
      };
      expect(await query(input, sql)).toEqual([
        sum(0, (row) => row % 7 !== 0),
        sum(1, (row) => ![0, 5, 99_999].includes(row)),
        sum(2, (row) => row < 10 || row >= 90_000),
      ]);
      expect(
        await query(input, 'SELECT n FROM t WHERE n IN (7, 8, 100_000, 100_001, 200_009, 200_010) ORDER BY n'),
      ).toEqual([8n, 100_001n, 200_009n].map((n) => ({ n })));
      expect(await query({ ...input, version: 0 }, 'SELECT count(*)::INT AS c FROM t')).toEqual([{ c: 300_000 }]);
      if (access === 'direct') return;
      await query(input, 'SELECT count(*)::INT AS c FROM t');
      expect(named('FetchExec')[0]?.attributes['datafusion.node']).toMatch(/, files_with_deleted_rows=3,/);
      const vectors = recorder
        .spans()
        .filter(({ attributes }) => String(attributes['object_store.location']).includes('deletion_vector_'));
      expect(vectors.length).toBe(2);
    });

    it.each(['by-name', 'by-id', 'mapped'])('have their own names of columns (%s)', async (table) => {
      const queries = [
        'SELECT "the n"::INT AS n, day::VARCHAR AS day, new FROM t ORDER BY ALL',
        'SELECT point."x y" AS x, point.z AS z, point IS NULL AS none FROM t ORDER BY "the n"',
        'SELECT points::VARCHAR AS p, "by key"::VARCHAR AS k FROM t ORDER BY "the n"',
        `SELECT "the n"::INT AS n FROM t WHERE day = '2026-01-05' ORDER BY n`,
      ];
      const expected = [
        [
          { n: 1, day: '2026-01-05', new: null },
          { n: 2, day: '2026-01-05', new: null },
          { n: 3, day: null, new: 'added' },
        ],
        [
          { x: 1, z: 'one', none: false },
          { x: null, z: null, none: true },
          { x: null, z: null, none: true },
        ],
        [
          { p: "[{'x y': 1, 'z': one}, NULL, {'x y': 2, 'z': NULL}]", k: "{k={'x y': 2, 'z': NULL}}" },
          { p: null, k: null },
          { p: null, k: null },
        ],
        [{ n: 1 }, { n: 2 }],
      ];
      for (const [index, sql] of queries.entries()) {
        expect(await query({ ...at(table), access: 'fetch' }, sql)).toEqual(expected[index]);
        // The extension would not find columns by id, and would return null for partition columns that are mapped.
        expect(await query(at(table), sql)).toEqual(expected[index]);
        expect(named('FetchExec')[0]?.attributes['datafusion.node']).toMatch(
          /access=(?:fetch|in_place), access_reason=the table uses the feature "columnMapping"/,
        );
        expect(named('planscope.execute')[0]?.attributes['planscope.warnings.codes']).toEqual(['delta-fetched']);
      }
      await expect(query({ ...at(table), access: 'direct' }, 'SELECT 1 FROM t')).rejects.toMatchObject({
        code: 'direct-unavailable',
        field: 'inputs[0].access',
        message: expect.stringMatching(/the feature "columnMapping", .* access: "fetch" reads the table without it/),
      });
    });

    it('are read by the extension if it can read their mapping', async () => {
      const sql = 'SELECT sum("the n")::INT AS s FROM t';
      for (const access of ['direct', undefined] as const) {
        expect(await query({ ...at('flat'), ...(access && { access }) }, sql)).toEqual([{ s: 6 }]);
        expect(named('DirectExec').length).toBe(1);
      }
    });

    it.each(['parts', 'sidecars', 'json'])('have checkpoints in any form (%s)', async (table) => {
      const sql = 'SELECT count(*)::INT AS c, sum(n)::INT AS s, min(n)::INT AS first FROM t';
      for (const access of ['direct', 'fetch'] as const) {
        expect(await query({ ...at(table), access }, sql)).toEqual([{ c: 100, s: 4950, first: 0 }]);
        expect(await query({ ...at(table), access, version: 8 }, sql)).toEqual([{ c: 90, s: 4005, first: 0 }]);
      }
      await expect(query({ ...at(table), access: 'fetch', version: 3 }, sql)).rejects.toMatchObject({
        code: 'input-not-found',
      });
    });

    it('show the requests of DuckDB for the metadata in a checkpoint below planning', async () => {
      await query({ ...at('parts'), access: 'direct' }, 'SELECT n FROM t LIMIT 1');
      const [planning] = named('analyze_logical_plan').filter(
        ({ attributes }) => attributes['planscope.planner'] === 'spec',
      );
      const requests = recorder
        .spans()
        .filter(({ attributes }) => /\.checkpoint\..*\.parquet$/.test(String(attributes['object_store.location'])))
        .filter(({ attributes }) => 'http.request.method' in attributes);
      expect(new Set(requests.map(({ name }) => name))).toEqual(
        new Set(place === 's3' ? ['s3.head', 's3.get_range'] : []),
      );
      for (const { parentSpanContext } of requests) expect(parentSpanContext).toEqual(planning?.spanContext());
    });

    it('need no file that names the last checkpoint', async () => {
      await query({ ...at('parts'), access: 'fetch' }, 'SELECT n FROM t LIMIT 1');
      const [hint] = recorder
        .spans()
        .filter(({ attributes }) => String(attributes['object_store.location']).endsWith('_last_checkpoint'));
      expect(hint?.status.code).toBe(0);
      expect(hint?.attributes['object_store.result.err']).toBe('NotFound');
      expect(hint?.attributes).not.toHaveProperty('error.type');
    });
  });

  it('are read and written within the allowed roots', async () => {
    engine = await openEngine(['delta'], { allowedRoots: [folder], duckdb: { settings: {} } });
    const input = { location: join(folder, 'vectors'), format: 'delta' } as const;
    expect(await query(input, 'SELECT count(*)::INT AS c FROM t')).toEqual([{ c: 195_721 }]);
    const location = join(folder, 'written');
    await engine.run({
      version: 1,
      views: [{ name: 'rows', sql: 'SELECT range AS n, range % 2 AS part FROM range(10)' }],
      outputs: [{ name: 'o', from: 'rows', location, format: 'delta', mode: 'create', partitionBy: ['part'] }],
    });
    const odd = 'SELECT sum(n)::INT AS s FROM t WHERE part = 1';
    expect(await query({ location, format: 'delta' }, odd)).toEqual([{ s: 25 }]);
    rmSync(location, { recursive: true });
  });

  it('fail if a deletion vector is not what the log says of it', async () => {
    const file = readdirSync(join(folder, 'vectors/ab')).map((name) => join(folder, 'vectors/ab', name))[0] ?? '';
    const bytes = readFileSync(file);
    const damaged = Buffer.from(bytes);
    damaged[100] = (damaged[100] ?? 0) ^ 1;
    writeFileSync(file, damaged);
    const input = { location: join(folder, 'vectors'), format: 'delta', access: 'fetch' } as const;
    await expect(query(input, 'SELECT count(*) FROM t')).rejects.toThrow(/deletion vector .* its checksum is wrong/);
    writeFileSync(file, bytes);
  });
});
