import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { duckdbSchema } from '../semconv.ts';
import { flush } from '../trace/drawing-backlog.ts';
import { traceConnection } from '../trace/trace-connection.ts';

const recorder = createSpanRecorder();
const folder = mkdtempSync(join(tmpdir(), 'planscope-kinds-'));
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create();
  const plain = await instance.connect();
  await plain.run(`COPY (SELECT i AS amount, i % 3 AS part FROM range(99) t(i))
    TO '${folder}/sales' (FORMAT parquet, PARTITION_BY part)`);
  connection = traceConnection(plain, { tracerProvider: recorder.tracerProvider });
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true });
});
beforeEach(() => recorder.clear());

/** The attributes of the operators that have a given attribute. */
async function operatorsWith(key: string, sql: string): Promise<Record<string, unknown>[]> {
  await connection.run(sql);
  await flush();
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema], secrets: ['4711'] });
  return recorder.spans().flatMap(({ attributes }) => (attributes[key] === undefined ? [] : [{ ...attributes }]));
}

it('shows the scanned and the total files of a scan', async () => {
  const sales = `read_parquet('${folder}/sales/*/*.parquet', hive_partitioning = true)`;
  const key = 'planscope.metrics.files_scanned';
  const [scan] = await operatorsWith(key, `SELECT * FROM ${sales} WHERE part = 1 AND amount <> 4711`);
  expect(scan).toMatchObject({
    [key]: 1,
    'planscope.metrics.files_pruned': 2,
    'datafusion.metrics.files_opened': 1,
    'duckdb.files': `${folder}/sales/part=1/data_0.parquet`,
    'duckdb.info.file_filters': [expect.stringMatching(/^\(part = \?\d+\)$/)],
    'duckdb.filters': [expect.stringMatching(/^amount!=\?\d+$/)],
  });
});

it('shows the name and the number of a common table expression', async () => {
  const sql =
    'WITH recent AS MATERIALIZED (SELECT i AS x FROM range(9) t(i)) SELECT * FROM recent a JOIN recent b USING (x)';
  const [cte] = await operatorsWith('duckdb.info.cte_name', sql);
  expect(cte).toMatchObject({ 'duckdb.info.cte_name': ['recent'], 'duckdb.info.table_index': ['0'] });
});
