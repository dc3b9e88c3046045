import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DuckDBError, DuckDBSession, flush, traceConnection } from '@planscope/duckdb';
import { recordingProvider, spanLines } from './recording-provider.ts';

export async function main(): Promise<string> {
  const tracerProvider = recordingProvider();
  const instance = await DuckDBInstance.create();
  const connection = traceConnection(await instance.connect(), { tracerProvider });
  const reader = await connection.runAndReadAll('SELECT range % 3 AS k, count(*) AS n FROM range(10) GROUP BY k');
  assert.equal(reader.currentRowCount, 3);
  await flush();
  const lines = spanLines(tracerProvider);
  assert.equal(lines[0], 'SELECT');
  expectLine(lines, 'optimize_logical_plan <');
  expectLine(lines, 'RANGE <');
  assert.ok(tracerProvider.spans.every(({ ended }) => ended));
  connection.closeSync();
  expectLine(await readFile(instance), 'duckdb.get_ranges < READ_CSV');
  instance.closeSync();

  const session = await DuckDBSession.open();
  const { schema } = await session.describe({ sql: 'SELECT 1::INTEGER AS one', inputs: [] });
  assert.equal(String(schema.fields[0]), 'one: Int32');
  await session.close();
  await assert.rejects(session.describe({ sql: 'SELECT 1', inputs: [] }), (error) => DuckDBError.isInstance(error));
  return `${lines.length} spans of one query`;
}

/** What is below a query of a file, whose reads DuckDB logs. */
async function readFile(instance: DuckDBInstance): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'empty-project-'));
  const file = join(folder, 'numbers.csv');
  writeFileSync(file, 'k,v\n1,2\n3,4\n');
  const tracerProvider = recordingProvider();
  const connection = traceConnection(await instance.connect(), { tracerProvider, events: { instance } });
  const reader = await connection.runAndReadAll(`SELECT sum(v) FROM '${file}'`);
  assert.equal(String(reader.getRows()[0]?.[0]), '6');
  await flush();
  connection.closeSync();
  rmSync(folder, { recursive: true });
  assert.ok(tracerProvider.spans.every(({ ended }) => ended));
  return spanLines(tracerProvider);
}

function expectLine(lines: readonly string[], start: string): void {
  assert.ok(
    lines.some((line) => line.startsWith(start)),
    `${start}\n${lines.join('\n')}`,
  );
}
