/**
 * `npm run demo:cluster`: asks the demo's question of DuckDB and of a Trino cluster, a coordinator and a worker on loopback, and
 * shows both traces alike. Brings Trino by Maven on the first run; needs a JDK 25.
 */
import { createReadStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { execa } from 'execa';
import { airportsFile, flightsFile } from '../apps/demo/src/flight-data.ts';
import { progressOn } from '../apps/demo/src/progress.ts';
import { TrinoCluster } from '../internal/src/trino-cluster.ts';
import { startTracing } from '../packages/bootstrap/src/index.ts';
import { resolveTracingConfig } from '../packages/config/src/index.ts';
import { traceConnection } from '../packages/duckdb/src/index.ts';
import { findings } from '../packages/findings/src/index.ts';
import { readRuns } from '../packages/run-model/src/index.ts';
import { createTrinoClient, traceTrino } from '../packages/trino/src/index.ts';
import { renderPage, toText } from '../packages/viewer/src/index.ts';

/** Which states' airports do delayed flights leave from, and where are the delays worst? The same text for both engines. */
const QUESTION = `WITH late_flights AS (SELECT origin, delay FROM flights WHERE delay >= 15),
late_departures AS (SELECT a.state, f.delay FROM late_flights f JOIN airports a ON a.iata = f.origin)
SELECT state, count(*) AS late, round(avg(delay), 1) AS average_delay, max(delay) AS longest_delay
FROM late_departures GROUP BY state ORDER BY average_delay DESC, state LIMIT 10`;

/** Of 3,000,000 flights, since the cluster has them sent as values: it has no file system in common with this program. */
const FLIGHTS = 60_000;
const ROWS_OF_A_STATEMENT = 4_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.planscope');
const traceFile = join(folder, 'cluster.jsonl');
const pageFile = join(folder, 'cluster.html');
const progress = progressOn(process.stderr);

const installation = await progress.step('Bringing Trino (on the first run by Maven, 150 MB)', findTrino);
if ('missing' in installation) {
  console.error(`The demo of a cluster cannot run: ${installation.missing}. It needs Maven and a JDK 25.`);
  process.exitCode = 1;
} else {
  await demonstrate(installation.path);
}

/** The folder of Trino, or a sentence that says why there is none. */
async function findTrino(): Promise<{ path: string } | { missing: string }> {
  const { stdout, stderr } = await execa(join(root, '.ci/trino'), ['483', '3600', 'tpch', 'memory'], { reject: false });
  if (stdout !== '') return { path: stdout.trim() };
  return { missing: /since (.*)$/m.exec(stderr)?.[1] ?? stderr };
}

async function demonstrate(path: string): Promise<void> {
  // Node ends at once by a signal, and would leave the files of the cluster behind.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => process.exit(code));
  mkdirSync(dirname(traceFile), { recursive: true });
  rmSync(traceFile, { force: true });
  const explicit = { serviceName: 'planscope-demo-cluster', exporters: ['file' as const], file: { path: traceFile } };
  const pipeline = startTracing(resolveTracingConfig({ environment: {}, explicit }).config);
  const duckdb = await (await DuckDBInstance.create()).connect();
  const cluster = await progress.step('Starting a coordinator and a worker', () =>
    TrinoCluster.start({ installation: path }),
  );
  try {
    const place = { server: cluster.server, user: 'demo', catalog: 'memory', schema: 'default' };
    await progress.step('Loading the flights into both', () => load(duckdb, createTrinoClient(place)));
    const trino = traceTrino(place);
    const ofDuckDB = await progress.step('Asking DuckDB', () => askDuckDB(traceConnection(duckdb)));
    const ofTrino = await progress.step('Asking Trino', async () => asText((await trino.run(QUESTION)).rows));
    // Waits for the report of the cluster.
    await pipeline.shutdown();
    console.log(`\n${ofTrino}\n`);
    console.log(ofDuckDB === ofTrino ? 'Both engines give these rows.\n' : `DuckDB gives other rows:\n${ofDuckDB}\n`);
    await show();
  } finally {
    await progress.step('Stopping the cluster', () => cluster.stop());
    duckdb.closeSync();
  }
}

async function load(duckdb: DuckDBConnection, trino: ReturnType<typeof createTrinoClient>): Promise<void> {
  await duckdb.run(
    `CREATE TABLE flights AS SELECT origin, delay::INTEGER AS delay FROM '${flightsFile}' LIMIT ${FLIGHTS}`,
  );
  await duckdb.run(`CREATE TABLE airports AS SELECT iata, state FROM '${airportsFile}'`);
  await trino.run('CREATE TABLE flights (origin varchar, delay integer)');
  await trino.run('CREATE TABLE airports (iata varchar, state varchar)');
  for (const table of ['airports', 'flights']) {
    const rows = (await duckdb.runAndReadAll(`FROM ${table}`)).getRowsJson();
    for (let index = 0; index < rows.length; index += ROWS_OF_A_STATEMENT) {
      const chunk = rows.slice(index, index + ROWS_OF_A_STATEMENT);
      await trino.run(
        `INSERT INTO ${table} VALUES ${chunk.map((row) => `(${row.map(literal).join(', ')})`).join(', ')}`,
      );
    }
  }
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

async function askDuckDB(connection: DuckDBConnection): Promise<string> {
  return asText((await connection.runAndReadAll(QUESTION)).getRows());
}

function asText(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => row.map(String).join('  ')).join('\n');
}

/** Prints both traces, and writes a page with them. */
async function show(): Promise<void> {
  const runs = [];
  for await (const run of readRuns(createReadStream(traceFile))) runs.push({ run, findings: findings(run) });
  for (const { run } of runs) console.log(`${toText(run)}\n`);
  writeFileSync(pageFile, renderPage(runs));
  console.log(
    `File  ${relative(process.cwd(), traceFile)} (OTLP JSON)\nPage  ${relative(process.cwd(), pageFile)} (open it in a browser)`,
  );
}
