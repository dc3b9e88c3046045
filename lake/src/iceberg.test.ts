import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbSchema } from '@planscope/duckdb';
import type { Engine, EngineOptions, RunResult } from '@planscope/engine';
import { createStoreRegistry } from '@planscope/object-store';
import { s3Stores } from '@planscope/object-store/s3';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, spanForest } from '@planscope/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serverAt } from './answers.ts';
import { CountingServer, type SeenRequest } from './counting-server.ts';
import { Minio, minioProgram } from './minio.ts';
import { endTest, openEngine, recorder } from './traced-engine.ts';
import {
  extensions,
  type Node,
  nanoseconds,
  storageSpans,
  TracedInstance,
  withDescendants,
} from './traced-instance.ts';

/** Has pyiceberg; without it, these tests are left out. */
const python = process.env.PLANSCOPE_TEST_LAKE_PYTHON;
if (python === undefined)
  console.log('left out: Iceberg tables of pyiceberg, since PLANSCOPE_TEST_LAKE_PYTHON names no Python');

const isComplete = extensions !== undefined && python !== undefined && minioProgram !== undefined;
const NAMES = ['httpfs', 'avro', 'iceberg'];

type Tables = Readonly<Record<'whole' | 'rewritten' | 'positions' | 'equality', string>>;

function makeTables(...settings: readonly string[]): Tables {
  const script = fileURLToPath(new URL('make-iceberg-tables.py', import.meta.url));
  return JSON.parse(execFileSync(python ?? '', [script, ...settings], { encoding: 'utf8' }));
}

let folder: string;
let minio: Minio;
let server: CountingServer;

describe.skipIf(!isComplete)('Iceberg tables', () => {
  const tables = new Map<string, Tables>();
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'planscope-iceberg-'));
    minio = await Minio.start();
    server = await CountingServer.start(serverAt(minio.port));
    tables.set('disk', makeTables(folder));
    tables.set('MinIO', makeTables('s3://lake', `http://127.0.0.1:${minio.port}`, Minio.keyId, Minio.secret));
    // Python's imports alone take seconds on a busy machine.
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await minio.stop();
    rmSync(folder, { recursive: true });
  });

  describe.each(['disk', 'MinIO'])('on %s', (place) => {
    const at = (table: keyof Tables): string => tables.get(place)?.[table] ?? '';

    describe('by a traced connection', () => {
      let traced: TracedInstance;
      let connection: DuckDBConnection;
      beforeEach(async () => {
        traced = await TracedInstance.open(...NAMES);
        const bare = await traced.instance.connect();
        await bare.run(`CREATE SECRET (TYPE s3, KEY_ID '${Minio.keyId}', SECRET '${Minio.secret}', URL_STYLE 'path',
          USE_SSL false, ENDPOINT '127.0.0.1:${server.port}', REGION 'us-east-1')`);
        bare.closeSync();
        connection = await traced.connect(['reads', 'requests', 'row-groups']);
        server.seen.length = 0;
      });
      afterEach(() => {
        traced.close();
        assertTraceInvariants(traced.recorder.spans(), {
          schemas: [sharedSchema, duckdbSchema],
          secrets: [Minio.secret],
        });
      });

      /** Reads a table, and returns its rows with the scan of its data. */
      async function read(
        table: keyof Tables,
        condition = 'true',
      ): Promise<{ rows: unknown; scan: Node; query: Node }> {
        const sql = `SELECT count(*), sum(n) FROM iceberg_scan('${at(table)}') WHERE ${condition}`;
        const rows = (await connection.runAndReadAll(sql)).getRowsJson();
        const query = traced.queries().at(-1) as Node;
        const scan = withDescendants(query).find(({ span }) => span.name === 'ICEBERG_SCAN') as Node;
        return { rows, scan, query };
      }

      it('have the rows, files and requests that there are', async () => {
        const { rows, scan, query } = await read('whole');
        expect(rows).toEqual([['2000', '1999000']]);
        expect(scan.span.attributes).toMatchObject({
          'datafusion.metrics.files_opened': 2,
          'planscope.metrics.row_groups_scanned': 2,
        });
        const requests = storageSpans(query).filter(({ name }) => name.startsWith('s3.'));
        expect(requests.length).toBe(place === 'MinIO' ? server.seen.length : 0);
        const bytes = requests.reduce(
          (sum, { attributes }) => sum + Number(attributes['object_store.result.bytes']),
          0,
        );
        expect(bytes).toBe(place === 'MinIO' ? server.seen.reduce((sum, { sent }) => sum + sent, 0) : 0);
      });

      it('are read without the files that a filter excludes', async () => {
        const { rows, scan } = await read('whole', 'n >= 1500');
        expect(rows).toEqual([['500', '874750']]);
        expect(scan.span.attributes).toMatchObject({ 'datafusion.metrics.files_opened': 1 });
        expect(new Set(storageSpans(scan).map(({ attributes }) => attributes['object_store.location'])).size).toBe(1);
      });

      it.each(['rewritten', 'positions', 'equality'] as const)('lack the deleted rows (%s)', async (table) => {
        const { rows, scan } = await read(table);
        expect(rows).toEqual([['1500', '1374250']]);
        expect(scan.span.attributes).toMatchObject({ 'datafusion.metrics.output_rows': 1500 });
      });
    });

    describe('by an engine', () => {
      let engine: Engine | undefined;
      afterEach(async () => {
        await endTest(engine);
        engine = undefined;
      });

      async function run(tracing: NonNullable<EngineOptions['tracing']>): Promise<RunResult> {
        const credentials = { accessKeyId: Minio.keyId, secretAccessKey: Minio.secret };
        const s3 = s3Stores({ endpoint: server.origin, region: 'us-east-1', credentials });
        engine = await openEngine(NAMES, { stores: createStoreRegistry({ factories: { s3 } }), tracing });
        server.seen.length = 0;
        return engine.run({
          version: 1,
          inputs: [{ name: 't', location: at('whole'), format: 'iceberg' }],
          views: [{ name: 'v', sql: 'SELECT n FROM t WHERE n >= 1500' }],
          outputs: [{ name: 'o', from: 'v' }],
        });
      }

      const requestsBelow = (nodes: readonly Node[]) =>
        nodes.flatMap(storageSpans).filter(({ attributes }) => attributes['object_store.name'] === 's3');
      const bytesOf = (spans: ReturnType<typeof requestsBelow>): number =>
        spans.reduce((sum, { attributes }) => sum + Number(attributes['object_store.result.bytes'] ?? 0), 0);

      it.each(['phase-only', 'full'] as const)(
        'have each request of a run in its trace, those of planning below their step (%s)',
        async (ruleMode) => {
          const { summary } = await run({ preset: 'production-lean', ruleMode });
          const trees = spanForest(recorder.spans());
          assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema], secrets: [Minio.secret] });
          const requests = requestsBelow(trees);
          const sent = server.seen.reduce((sum, { sent }) => sum + sent, 0);
          expect([requests.length, bytesOf(requests)]).toEqual([server.seen.length, sent]);
          const step = ruleMode === 'full' ? /^resolve_schemas/ : /^analyze_logical_plan$/;
          const planning = trees.flatMap(withDescendants).find(({ span }) => step.test(span.name)) as Node;
          const reported = planning.children.filter(({ span }) => 'http.request.method' in span.attributes);
          const query = trees.flatMap(withDescendants).find(({ span }) => span.name === 'DuckDBExec') as Node;
          const ofDuckDB = [...reported.map(({ span }) => span), ...requestsBelow([query])];
          expect(summary.bytesRead).toEqual({
            value: place === 'disk' ? expect.any(Number) : bytesOf(ofDuckDB),
            source: 'io_log',
          });
          if (place === 'disk') return expect(requests).toEqual([]);
          // The document of the table, the list of its manifests, and the manifests of two files.
          expect(reported.map(({ span }) => span.name)).toEqual([
            's3.head',
            's3.get_range',
            's3.get',
            's3.get',
            's3.get',
          ]);
          // The first two requests are those of the engine's own store; the two manifests are read at the same time.
          const asked = server.seen.slice(2, 2 + reported.length);
          for (const { span } of reported) {
            const { 'http.request.method': asMethod, 'object_store.location': location } = span.attributes;
            const same = asked.filter(({ method, url }) => method === asMethod && `s3:/${url}` === location);
            expect(same.length).toBe(1);
            expect(span.attributes['planscope.timing.basis']).toBe('measured');
            const [{ start, end }] = same as [SeenRequest];
            expect(nanoseconds(span.startTime) - 5_000_000n <= start).toBe(true);
            expect(nanoseconds(span.endTime) + 5_000_000n >= end).toBe(true);
          }
        },
      );

      it('are read with the same requests where none is traced', async () => {
        await run({ preset: 'production-lean' });
        const traced = server.seen.map(({ method, url }) => [method, url]).sort();
        await engine?.close();
        recorder.clear();
        await run({ preset: 'production-lean', instrumentObjectStore: false });
        expect(server.seen.map(({ method, url }) => [method, url]).sort()).toEqual(traced);
        expect(requestsBelow(spanForest(recorder.spans()))).toEqual([]);
      });
    });

    it.each(['whole', 'rewritten', 'positions', 'equality'] as const)('are inputs of an engine (%s)', async (table) => {
      const credentials = { accessKeyId: Minio.keyId, secretAccessKey: Minio.secret };
      const endpoint = `http://127.0.0.1:${server.port}`;
      const s3 = s3Stores({ endpoint, region: 'us-east-1', credentials });
      const engine = await openEngine(NAMES, { stores: createStoreRegistry({ factories: { s3 } }) });
      try {
        const { outputs } = await engine.run({
          version: 1,
          inputs: [{ name: 't', location: at(table), format: 'iceberg' }],
          views: [{ name: 'v', sql: 'SELECT count(*)::INTEGER AS c, sum(n)::INTEGER AS s FROM t' }],
          outputs: [{ name: 'o', from: 'v' }],
        });
        const expected = table === 'whole' ? { c: 2000, s: 1999000 } : { c: 1500, s: 1374250 };
        expect(outputs[0]?.batches?.[0]?.get(0)?.toJSON()).toEqual(expected);
        expect(recorder.spans().filter(({ name }) => name === 'DirectExec').length).toBe(1);
      } finally {
        await endTest(engine);
      }
    });
  });
});
