import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { flush, traceConnection, withQueryOptions } from '@planscope/duckdb';
import { QueryLogExporter } from '@planscope/query-log';
import { createSpanRecorder } from '@planscope/testing';

let sample: Promise<string> | undefined;

/**
 * The folder in which statements of documents run. It holds `planscope-queries`, the log of a program with two tenants,
 * a query that spills, one whose plan changes, one that reads a CSV file, and one that fails. It is made once.
 */
export function sampleLog(): Promise<string> {
  sample ??= makeSampleLog();
  return sample;
}

const QUERIES: readonly (readonly [tenant: string, sql: string])[] = [
  [
    'acme',
    'CREATE TABLE orders AS SELECT range AS id, range % 7 AS city, md5(range::VARCHAR) AS note FROM range(1000000)',
  ],
  ['acme', 'SELECT note FROM orders WHERE id = 17'],
  ['acme', 'CREATE INDEX by_id ON orders (id)'],
  ['acme', 'SELECT note FROM orders WHERE id = 18'],
  ['globex', 'SELECT city, count(*) FROM orders GROUP BY city'],
  ['globex', "SET memory_limit = '100MB'"],
  ['globex', 'CREATE TABLE sorted AS SELECT * FROM orders ORDER BY note'],
  ['globex', "SET memory_limit = '1GB'"],
  ['globex', "COPY orders TO 'orders.csv'"],
  ['globex', "SELECT city, count(*) FROM 'orders.csv' GROUP BY city"],
  ['globex', "SELECT error('no')"],
];

async function makeSampleLog(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'planscope-docs-log-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const recorder = createSpanRecorder();
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    temp_directory: join(folder, 'spilled'),
  });
  const connection = traceConnection(await instance.connect(), {
    tracerProvider: recorder.tracerProvider,
    events: { instance },
    warn: () => {},
  });
  for (const [tenant, sql] of QUERIES) {
    const text = sql.replaceAll('orders.csv', join(folder, 'orders.csv'));
    await withQueryOptions({ tenant, labels: { job: 'nightly' } }, () => connection.run(text).catch(() => {}));
  }
  await flush();
  const log = new QueryLogExporter({ folder: join(folder, 'planscope-queries') });
  log.export([...recorder.spans()], () => {});
  await log.shutdown();
  connection.closeSync();
  instance.closeSync();
  return folder;
}
