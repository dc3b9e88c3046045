import assert from 'node:assert/strict';
import { DuckDBInstance } from '@duckdb/node-api';
import { DuckDBError, DuckDBSession, traceConnection } from '@planscope/duckdb';
import { recordingProvider, spanLines } from './recording-provider.ts';

export async function main(): Promise<string> {
  const tracerProvider = recordingProvider();
  const instance = await DuckDBInstance.create();
  const connection = traceConnection(await instance.connect(), { tracerProvider });
  const reader = await connection.runAndReadAll('SELECT range % 3 AS k, count(*) AS n FROM range(10) GROUP BY k');
  assert.equal(reader.currentRowCount, 3);
  connection.closeSync();
  instance.closeSync();
  const lines = spanLines(tracerProvider);
  assert.equal(lines[0], 'SELECT');
  assert.ok(
    lines.some((line) => line.startsWith('optimize_logical_plan <')),
    lines.join('\n'),
  );
  assert.ok(
    lines.some((line) => line.startsWith('RANGE <')),
    lines.join('\n'),
  );
  assert.ok(tracerProvider.spans.every(({ ended }) => ended));

  const session = await DuckDBSession.open();
  const { schema } = await session.describe({ sql: 'SELECT 1::INTEGER AS one', inputs: [] });
  assert.equal(String(schema.fields[0]), 'one: Int32');
  await session.close();
  await assert.rejects(session.describe({ sql: 'SELECT 1', inputs: [] }), (error) => DuckDBError.isInstance(error));
  return `${lines.length} spans of one query`;
}
