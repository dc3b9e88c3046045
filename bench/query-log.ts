/**
 * What the log of queries costs for each query, in CPU time: to make a row of the spans of a query, which happens in the
 * turn of the event loop that exports them, and to write it, which DuckDB does on another thread. The queries have run
 * before, so that only the log is measured.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { flush, traceConnection } from '@planscope/duckdb';
import { QueryLogExporter } from '@planscope/query-log';
import { createSpanRecorder } from '@planscope/testing';

const [QUERIES, ROUNDS] = [100, 50];
const SQL = {
  'one value': 'SELECT 42',
  'a join': `SELECT city, count(*) FROM orders JOIN cities USING (city) WHERE id > 100 GROUP BY city ORDER BY 2 LIMIT 3`,
};

/** CPU time of this process in ms. */
function cpuMillis(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const recorder = createSpanRecorder();
const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = traceConnection(await instance.connect(), { tracerProvider: recorder.tracerProvider });
await connection.run('CREATE TABLE orders AS SELECT range AS id, range % 7 AS city FROM range(1000)');
await connection.run('CREATE TABLE cities AS SELECT range AS city FROM range(7)');

for (const [name, sql] of Object.entries(SQL)) {
  await flush();
  recorder.clear();
  for (let index = 0; index < QUERIES; index += 1) await connection.run(sql);
  await flush();
  const spans = [...recorder.spans()];
  const folder = mkdtempSync(join(tmpdir(), 'planscope-bench-'));
  const log = new QueryLogExporter({ folder, maxFileRows: QUERIES * ROUNDS, maxBufferBytes: 2 ** 30 });
  let start = cpuMillis();
  for (let round = 0; round < ROUNDS; round += 1) log.export(spans, () => {});
  const rows = cpuMillis() - start;
  start = cpuMillis();
  await log.shutdown();
  const writing = cpuMillis() - start;
  const each = (value: number): number => Math.round((value / log.stats.written) * 1000);
  console.log(
    `${name}: ${spans.length / QUERIES} spans; ${each(rows)} µs for its row, ${each(writing)} µs to write it`,
  );
  rmSync(folder, { recursive: true });
}
connection.closeSync();
instance.closeSync();
