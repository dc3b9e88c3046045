/**
 * What each kind of events costs a query, beside the bare driver and a traced connection without events: over Parquet files on
 * disk, and over the same files by HTTP from a server in another process.
 *
 * `node --import ./bench/lake/use-lake-driver.mjs --import tsx --conditions=@planscope/source bench/events.ts <folder with httpfs.duckdb_extension>`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { type EventKind, flush, traceConnection } from '@planscope/duckdb';
import { openMemoryFolder } from './cost/memory-folder.ts';
import { comparePaired, median } from './cost/statistics.ts';

const ROUNDS = 30;
const WARM_UP = 5;

const ways = {
  bare: undefined,
  lean: [],
  reads: ['reads'],
  requests: ['requests'],
  'row-groups': ['row-groups'],
  catalogue: ['catalogue'],
  default: ['reads', 'requests'],
  all: ['reads', 'requests', 'row-groups', 'catalogue'],
} as const satisfies Record<string, readonly EventKind[] | undefined>;

type Way = keyof typeof ways;

const [extensions] = process.argv.slice(2);
if (extensions === undefined) throw new Error('name the folder that has httpfs.duckdb_extension');

const folder = openMemoryFolder();
const server = spawn(process.execPath, [fileURLToPath(new URL('lake/serve-files.mjs', import.meta.url)), folder.path], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [port] = (await once(server.stdout, 'data')) as [Buffer];

async function open(way: Way): Promise<DuckDBConnection> {
  const settings = { allow_unsigned_extensions: 'true', enable_external_file_cache: 'false' };
  const instance = await DuckDBInstance.create(':memory:', settings);
  const connection = await instance.connect();
  await connection.run(`LOAD '${join(extensions as string, 'httpfs.duckdb_extension')}'`);
  const kinds = ways[way];
  if (kinds === undefined) return connection;
  return traceConnection(connection, {
    tracerProvider: new BasicTracerProvider(),
    ...(kinds.length === 0 ? {} : { events: { instance, kinds } }),
  });
}

try {
  const connections = new Map<Way, DuckDBConnection>();
  for (const way of Object.keys(ways) as Way[]) connections.set(way, await open(way));
  const bare = connections.get('bare') as DuckDBConnection;
  const rows = 'SELECT range AS id, hash(range) AS value, range % 1000 AS key FROM range(2000000)';
  await bare.run(`COPY (${rows}) TO '${folder.path}/facts.parquet' (ROW_GROUP_SIZE 122880)`);
  await bare.run(`COPY (SELECT range AS key, range * 2 AS twice FROM range(1000)) TO '${folder.path}/keys.parquet'`);
  const sources = { disk: folder.path, http: `http://127.0.0.1:${String(port).trim()}` };
  for (const [source, root] of Object.entries(sources)) {
    const sql = `SELECT twice % 7, sum(value % 100) FROM '${root}/facts.parquet' JOIN '${root}/keys.parquet' USING (key) WHERE id > 500000 GROUP BY ALL`;
    await compare(source, sql, connections);
  }
} finally {
  server.kill();
  folder.remove();
}

/** Runs a query each way once a round; each round begins with another way. */
async function compare(source: string, sql: string, connections: ReadonlyMap<Way, DuckDBConnection>): Promise<void> {
  const names = [...connections.keys()];
  const times = new Map<Way, number[]>(names.map((way) => [way, []]));
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const way = names[(turn + Math.max(round, 0)) % names.length] as Way;
      const started = performance.now();
      await connections.get(way)?.runAndReadAll(sql);
      if (round >= 0) times.get(way)?.push(performance.now() - started);
      await flush();
    }
  }
  const lean = times.get('lean') ?? [];
  for (const [way, samples] of times) {
    const { ratio, ratioAt10, ratioAt90 } = comparePaired(samples, lean);
    const range = `${ratioAt10.toFixed(3)} to ${ratioAt90.toFixed(3)}`;
    console.log(
      `${source.padEnd(5)} ${way.padEnd(11)} ${median(samples).toFixed(1).padStart(7)} ms   × ${ratio.toFixed(3)} of lean (${range})`,
    );
  }
}
