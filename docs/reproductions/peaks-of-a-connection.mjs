// Whose peaks a profile has. Run: npm install @duckdb/node-api && node peaks-of-a-connection.mjs
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const folder = mkdtempSync(join(tmpdir(), 'peaks-of-a-connection-'));
const settings = { memory_limit: '40MB', threads: '2', temp_directory: join(folder, 'spilled') };
const instance = await DuckDBInstance.create(':memory:', settings);
const profiled = async (name) => {
  const path = join(folder, `${name}.json`);
  const connection = await instance.connect();
  await connection.run(`CALL enable_profiling(format = 'json', save_location = '${path}')`);
  return { connection, profile: () => JSON.parse(readFileSync(path, 'utf8')) };
};
const seen = {};
const note = (name, { system_peak_temp_dir_size, system_peak_buffer_memory, total_memory_allocated }) => {
  seen[name] = { system_peak_temp_dir_size, system_peak_buffer_memory, total_memory_allocated };
};
const sort = `SELECT max(place) FROM (SELECT row_number() OVER (ORDER BY text) AS place
  FROM (SELECT md5(range::VARCHAR) AS text FROM range(600_000)))`;

const { connection, profile } = await profiled('first');
await connection.run(sort);
note('a query that spills', profile());
await connection.run('SELECT 42');
note('SELECT 42 after it on the connection', profile());

const other = await profiled('other');
await other.connection.run('SELECT 42');
note('SELECT 42 on a new connection', other.profile());

const small = 'SELECT range % 3 AS key, count(*) FROM range(1000) GROUP BY key';
let isOver = false;
const sorting = connection.run(sort).finally(() => {
  isOver = true;
});
while (!isOver) await other.connection.run(small);
await sorting;
note('a small query beside one that spills', other.profile());

console.log(JSON.stringify(seen, null, 2));
connection.disconnectSync();
other.connection.disconnectSync();
instance.closeSync();
rmSync(folder, { recursive: true });
