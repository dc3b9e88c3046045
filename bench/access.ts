/**
 * The 22 queries of TPC-H over Parquet files on MinIO: bytes and requests of an engine that lets DuckDB read the bucket
 * (`direct`) beside one that fetches whole objects (`fetch`); and the time of a traced connection with requests beside the
 * bare driver, and beside DuckDB that writes its own log and profile and nobody reads them.
 *
 * `node --import ./bench/lake/use-lake-driver.mjs --import tsx --conditions=@planscope/source bench/access.ts <folder with
 * httpfs.duckdb_extension> <folder with the Parquet files and queries.json> [rounds] [times]`, with MinIO in
 * `PLANSCOPE_TEST_MINIO`; with `times`, only times are compared
 */
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { flush, traceConnection } from '@planscope/duckdb';
import { createEngine, type Engine, type InputAccess } from '@planscope/engine';
import { createStoreRegistry } from '@planscope/object-store';
import { s3Stores } from '@planscope/object-store/s3';
import { createSpanRecorder } from '@planscope/testing';
import { Minio } from '../lake/src/minio.ts';
import { openMemoryFolder } from './cost/memory-folder.ts';
import { comparePaired, median } from './cost/statistics.ts';

const DEFAULT_ROUNDS = 5;
const MEBIBYTE = 1024 * 1024;

const [extensions, data, rounds = DEFAULT_ROUNDS, part] = process.argv.slice(2);
if (extensions === undefined || data === undefined) {
  throw new Error(
    'name the folder that has httpfs.duckdb_extension, and the folder of the data; PLANSCOPE_TEST_MINIO names MinIO',
  );
}
const httpfs = join(extensions, 'httpfs.duckdb_extension');
const tables = readdirSync(data)
  .filter((file) => file.endsWith('.parquet'))
  .map((file) => file.slice(0, -'.parquet'.length));
const listed = JSON.parse(readFileSync(join(data, 'queries.json'), 'utf8')) as readonly { readonly query: string }[];
const queries = listed.map(({ query }) => query.replace(/;\s*$/, ''));

/** What runs the queries: the driver alone, with DuckDB's own log and profile in files that nobody reads, or traced. */
const ways = {
  bare: (connection: DuckDBConnection) => connection,
  'log of HTTP': logged,
  'log and profile': async (connection: DuckDBConnection) => profiled(await logged(connection)),
  'traced without events': (connection: DuckDBConnection) =>
    traceConnection(connection, { tracerProvider: new BasicTracerProvider() }),
  traced: (connection: DuckDBConnection, instance: DuckDBInstance) =>
    traceConnection(connection, {
      tracerProvider: new BasicTracerProvider(),
      events: { instance, kinds: ['requests'] },
    }),
};

type Way = keyof typeof ways;
const names = Object.keys(ways) as Way[];

const folder = openMemoryFolder();
const minio = await Minio.start();
const endpoint = `http://127.0.0.1:${minio.port}`;
const credentials = { accessKeyId: Minio.keyId, secretAccessKey: Minio.secret };
const stores = createStoreRegistry({
  factories: { s3: s3Stores({ endpoint, region: 'us-east-1', credentials }) },
});
try {
  for (const table of tables) {
    const { store, path } = stores.resolve(`s3://lake/${table}.parquet`);
    await store.put(path, createReadStream(join(data, `${table}.parquet`)));
  }
  if (part !== 'times') await compareReads();
  await compareTimes(true);
  await compareTimes(false);
} finally {
  await minio.stop();
  folder.remove();
}

/** What one query took from the bucket. */
interface Taken {
  readonly requests: number;
  readonly bytes: number;
}

async function compareReads(): Promise<void> {
  console.log('query   direct: requests       MiB    fetch: requests       MiB');
  const total = { direct: { requests: 0, bytes: 0 }, fetch: { requests: 0, bytes: 0 } };
  for (const [index, sql] of queries.entries()) {
    const row = { direct: await taken(sql, 'direct'), fetch: await taken(sql, 'fetch') };
    for (const access of ['direct', 'fetch'] as const) {
      total[access].requests += row[access].requests;
      total[access].bytes += row[access].bytes;
    }
    console.log(line(String(index + 1), row));
  }
  console.log(line('all', total));
}

function line(name: string, { direct, fetch }: Readonly<Record<InputAccess, Taken>>): string {
  const cells = [direct, fetch].map(({ requests, bytes }) => {
    return `${String(requests).padStart(16)} ${(bytes / MEBIBYTE).toFixed(1).padStart(9)}`;
  });
  return `${name.padEnd(7)} ${cells.join('   ')}`;
}

/** Runs a query in a new engine, so that nothing is kept from another one. */
async function taken(sql: string, access: InputAccess): Promise<Taken> {
  const recorder = createSpanRecorder();
  const engine: Engine = await createEngine({
    tracing: { preset: 'production-lean' },
    environment: {},
    tracerProvider: recorder.tracerProvider,
    stores,
    objectCache: false,
    duckdb: { extensions: { httpfs }, externalFileCache: false },
  });
  try {
    const used = tables.filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(sql));
    const { summary } = await engine.run({
      version: 1,
      inputs: used.map((name) => ({ name, location: `s3://lake/${name}.parquet`, access })),
      views: [{ name: 'answer', sql }],
      outputs: [{ name: 'answer', from: 'answer' }],
    });
    const sum = (name: RegExp, key: string, otherwise = 0): number =>
      recorder
        .spans()
        .filter((span) => name.test(span.name))
        .reduce((found, { attributes }) => found + Number(attributes[key] ?? otherwise), 0);
    const own = recorder
      .spans()
      .filter(({ name, attributes }) => /^s3\./.test(name) && !attributes['http.request.method']);
    const ofStore = own.reduce(
      (found, { attributes }) => found + Number(attributes['object_store.request_count'] ?? 1),
      0,
    );
    return {
      requests: ofStore + sum(/^DuckDBExec$/, 'planscope.metrics.http_requests'),
      bytes: Number(summary.storeBytesRead.value ?? 0) + sum(/^DuckDBExec$/, 'planscope.metrics.http_bytes_received'),
    };
  } finally {
    await engine.close();
  }
}

async function logged(connection: DuckDBConnection): Promise<DuckDBConnection> {
  const path = join(folder.path, 'log.csv');
  await connection.run(
    `CALL enable_logging(['HTTP'], level = 'trace', storage = 'file', storage_config = {'path': '${path}'})`,
  );
  return connection;
}

async function profiled(connection: DuckDBConnection): Promise<DuckDBConnection> {
  const path = join(folder.path, 'profile.json');
  await connection.run(
    `CALL enable_profiling(format = 'json', coverage = 'all', mode = 'detailed', save_location = '${path}')`,
  );
  return connection;
}

/** New instances each round, so that every round reads the bucket, also where DuckDB keeps what it has read. */
async function compareTimes(cache: boolean): Promise<void> {
  console.log(`\nDuckDB ${cache ? 'as it comes: keeps what it has read in memory' : 'without its cache of files'}`);
  const times = new Map<Way, number[]>(names.map((way) => [way, []]));
  for (let round = -1; round < Number(rounds); round += 1) {
    const opened = await Promise.all(names.map((way) => open(way, cache)));
    await flush();
    for (const [index, sql] of queries.entries()) {
      for (let turn = 0; turn < names.length; turn += 1) {
        const place = (turn + round + 1 + index) % names.length;
        const started = performance.now();
        await opened[place]?.connection.runAndReadAll(sql);
        if (round >= 0) times.get(names[place] as Way)?.push(performance.now() - started);
        await flush();
      }
    }
    for (const { connection, instance } of opened) {
      connection.closeSync();
      instance.closeSync();
    }
  }
  const bare = times.get('bare') ?? [];
  for (const [way, samples] of times) {
    const { ratio } = comparePaired(samples, bare);
    const all = [sum(samples) / sum(bare), sum(ofEachQuery(samples)) / sum(ofEachQuery(bare)), ratio];
    const [total, medians, pairs] = all.map((value) => `× ${value.toFixed(3)}`);
    console.log(`${way.padEnd(22)} all queries ${total}, medians of each query ${medians}, median of pairs ${pairs}`);
  }
}

/** The median of each query, of samples that are rounds of all queries. */
function ofEachQuery(samples: readonly number[]): readonly number[] {
  return queries.map((_, query) => median(samples.filter((_, place) => place % queries.length === query)));
}

function sum(list: readonly number[]): number {
  return list.reduce((total, time) => total + time, 0);
}

async function open(
  way: Way,
  cache: boolean,
): Promise<{ readonly connection: DuckDBConnection; readonly instance: DuckDBInstance }> {
  const instance = await DuckDBInstance.create(':memory:', { enable_external_file_cache: String(cache) });
  const connection = await instance.connect();
  await connection.run(`LOAD '${httpfs}'`);
  const { accessKeyId, secretAccessKey } = credentials;
  const server = `ENDPOINT '${new URL(endpoint).host}', USE_SSL false, URL_STYLE 'path', REGION 'us-east-1'`;
  await connection.run(`CREATE SECRET (TYPE s3, KEY_ID '${accessKeyId}', SECRET '${secretAccessKey}', ${server})`);
  for (const table of tables) {
    await connection.run(`CREATE VIEW ${table} AS FROM read_parquet('s3://lake/${table}.parquet')`);
  }
  const used = await ways[way](connection, instance);
  // The first query of a connection sets it up.
  await used.run('SELECT 1');
  return { connection: used, instance };
}
