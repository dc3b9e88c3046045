// Whose profile lies in DuckDB's file. Run: npm install @duckdb/node-api && node whose-profile.mjs
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const folder = mkdtempSync(join(tmpdir(), 'whose-profile-'));
const path = join(folder, 'profile.json');
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run(
  `SET enable_profiling = 'json'; SET profiling_output = '${path}'; SET profiling_mode = 'detailed'`,
);
const profile = () => JSON.parse(readFileSync(path, 'utf8'));

await connection.run('SELECT 1 AS first');
const seen = {};

await connection.run(`SELECT error('bad') FROM range(10)`).catch(() => {});
seen['after a query that failed'] = profile().query_name;

const left = await connection.stream('SELECT range AS n FROM range(3000000)');
await left.fetchChunk();
seen['while a stream is open'] = profile().query_name;
await connection.run('SELECT 2 AS second');
seen['after another query took the connection'] = profile().query_name;

await connection.run('SELECT 3 AS third; SELECT 4 AS fourth');
seen['after two statements in one string'] = profile().query_name;

const PAUSE_MS = 500;
const slowlyRead = await connection.stream('SELECT range AS n FROM range(3000000)');
await slowlyRead.fetchChunk();
await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
for (let chunk = await slowlyRead.fetchChunk(); chunk?.rowCount > 0; chunk = await slowlyRead.fetchChunk());
const { latency, blocked_thread_time, children } = profile();
seen['a reader that paused'] = {
  'pause in seconds': PAUSE_MS / 1000,
  'latency of the profile': latency,
  'blocked_thread_time of the profile': blocked_thread_time,
  'cpu_time of the top operator': children[0].cpu_time,
};
console.log(JSON.stringify(seen, null, 2));
connection.disconnectSync();
instance.closeSync();
rmSync(folder, { recursive: true });
