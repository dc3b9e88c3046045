import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QueryLogExporter, type QueryLogOptions } from '../src/index.ts';
import { startProgram } from './run-program.ts';
import { madeQueries, readLog, type TracedProgram, traceProgram } from './traced-program.ts';

let folder: string;
let database: string;
let program: TracedProgram;
let warnings: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-query-log-'));
  database = join(folder, 'new', 'queries.duckdb');
  program = await traceProgram();
  warnings = [];
});
afterEach(async () => {
  program.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (options: QueryLogOptions = {}): QueryLogExporter =>
  new QueryLogExporter({ database, warn: (message) => warnings.push(message), ...options });

async function log(exporter: QueryLogExporter, ...queries: readonly string[]): Promise<void> {
  for (const sql of queries) await program.connection.run(sql);
  await program.deliver(exporter);
}

it('is a view over all rows, which readers find between two writes', async () => {
  const exporter = start();
  await log(exporter, 'SELECT 1');
  await exporter.forceFlush();
  expect(await readLog('SELECT query_text, sources FROM queries', database)).toEqual([
    { query_text: 'SELECT ?1', sources: [] },
  ]);
  await log(exporter, 'SELECT 2', "SELECT 'it''s'");
  await exporter.shutdown();
  expect(await readLog('SELECT count(*) AS n, count(plan) AS plans FROM queries', database)).toEqual([
    { n: '3', plans: '1' },
  ]);
  expect(exporter.stats).toEqual({ made: 3, written: 3, pending: 0, lost: 0 });
  expect(warnings).toEqual([]);
});

it('drops the oldest tables as a whole, each with the plans of its rows', async () => {
  const exporter = start({ maxFileRows: 2, maxFiles: 3 });
  for (let round = 0; round < 10; round += 1) {
    await log(exporter, `SELECT ${round}`);
    await exporter.forceFlush();
  }
  await exporter.shutdown();
  expect(await readLog('SELECT count(*) AS n, count(plan) AS plans FROM queries', database)).toEqual([
    { n: '6', plans: '3' },
  ]);
});

it('keeps what is in use of the file below its limit', async () => {
  const maxBytes = 4 * 2 ** 20;
  const exporter = start({ maxFileRows: 50, maxBytes });
  for (let round = 0; round < 10; round += 1) {
    exporter.export(
      madeQueries(50, () => randomBytes(10_000).toString('hex')),
      () => {},
    );
    await exporter.forceFlush();
  }
  await exporter.shutdown();
  const [size] = await readLog('SELECT used_blocks * block_size AS used FROM pragma_database_size()', database);
  expect(Number(size?.used)).toBeLessThanOrEqual(maxBytes);
  const [rows] = await readLog('SELECT count(*) AS n FROM queries', database);
  expect(Number(rows?.n)).toBeGreaterThan(0);
  expect(Number(rows?.n)).toBeLessThan(500);
  expect(exporter.stats).toMatchObject({ made: 500, written: 500 });
});

it('waits while another process has the file open, and keeps the rows', async () => {
  const exporter = start();
  await log(exporter, 'SELECT 1');
  await exporter.forceFlush();
  const other = startProgram('hold-database.ts', { settings: [database] });
  await other.line();
  await log(exporter, 'SELECT 2');
  const flushing = exporter.forceFlush();
  await new Promise((resolve) => setTimeout(resolve, 100));
  other.kill('SIGKILL');
  await flushing;
  await exporter.shutdown();
  expect(await readLog('SELECT count(*) AS n FROM queries', database)).toEqual([{ n: '2' }]);
  expect(warnings).toEqual([]);
});

it('leaves a table of the program alone, and says that it cannot write', async () => {
  database = join(folder, 'mine.duckdb');
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  await connection.run('CREATE TABLE queries AS SELECT 42 AS mine');
  connection.closeSync();
  instance.closeSync();
  const exporter = start();
  await log(exporter, 'SELECT 1');
  await exporter.shutdown();
  expect(await readLog('FROM queries', database)).toEqual([{ mine: 42 }]);
  expect(exporter.stats).toEqual({ made: 1, written: 0, pending: 1, lost: 0 });
  expect(warnings).toEqual([
    expect.stringMatching(/mine\.duckdb: cannot write to the log \(.*queries.*\)/),
    expect.stringMatching(/1 of 1 queries are not in the log/),
  ]);
});
