import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { expect, it } from 'vitest';
import { flush } from '../src/trace/drawing-backlog.ts';
import { traceConnection } from '../src/trace/trace-connection.ts';
import type { TraceConnectionOptions } from '../src/trace/trace-options.ts';

const recorder = createSpanRecorder();

async function traced(options: TraceConnectionOptions): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create()).connect();
  return traceConnection(connection, { tracerProvider: recorder.tracerProvider, ...options });
}

it('the call site is that of the program, also through the driver', async () => {
  const connection = await traced({ callSite: true });
  async function reportOfSales(): Promise<void> {
    await connection.runAndReadAll('SELECT 1');
  }
  await reportOfSales();
  const statement = await connection.prepare('SELECT 2');
  await statement.run();
  await (await traced({})).run('SELECT 3');
  const [direct, prepared, without] = await queryAttributes();
  expect(direct).toMatchObject({ 'code.function.name': 'reportOfSales', 'code.file.path': import.meta.filename });
  expect(direct?.['code.line.number']).toBe(18);
  expect(prepared).toMatchObject({ 'code.file.path': import.meta.filename });
  expect(Object.keys(without ?? {}).filter((key) => key.startsWith('code.'))).toEqual([]);
});

async function queryAttributes(): Promise<Record<string, unknown>[]> {
  await flush();
  const spans = recorder.spans().map(({ attributes }) => attributes as Record<string, unknown>);
  return spans.filter((attributes) => attributes['planscope.span.kind'] === 'query');
}
