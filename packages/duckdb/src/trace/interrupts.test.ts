import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceConnection } from './trace-connection.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
/** Takes far longer than the test. */
const ENDLESS = 'SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b';

let instance: DuckDBInstance;
beforeEach(async () => {
  recorder.clear();
  instance = await DuckDBInstance.create(':memory:', { threads: '2' });
});
afterEach(() => instance.closeSync());

/** Interrupts a statement once, and after a while again and again. Resolves to how long it ran, in milliseconds. */
async function interrupted(connection: DuckDBConnection, after: number): Promise<number> {
  const start = performance.now();
  const running = connection.run(ENDLESS).then(
    () => 'done',
    (error: Error) => error.message,
  );
  setTimeout(() => connection.interrupt(), after);
  const givenUp = setInterval(() => connection.interrupt(), 700);
  expect(await running).toContain('INTERRUPT');
  clearInterval(givenUp);
  return performance.now() - start;
}

describe.each([0, 2, 5, 10, 30])('an interrupt after %i ms', (after) => {
  it('hits the first query of a connection, though settings are taken before it', async () => {
    const connection = traceConnection(await instance.connect(), { tracerProvider, traceIo: { instance } });
    expect(await interrupted(connection, after)).toBeLessThan(600);
    await connection.run('SELECT 1');
    const spans = recorder.spans();
    expect(spans.filter(({ attributes }) => attributes['planscope.run.status'] === 'cancelled').length).toBe(1);
    expect(spans.map(({ name }) => name)).toContain('DUMMY_SCAN');
    connection.closeSync();
  });

  it('hits later ones', async () => {
    const connection = traceConnection(await instance.connect(), { tracerProvider });
    await connection.run('SELECT 1');
    const milliseconds = await interrupted(connection, after);
    // One that comes before the query has begun is lost, here as on a bare connection.
    if (after > 2) expect(milliseconds).toBeLessThan(600);
    expect((await connection.runAndReadAll('SELECT 1')).getRows()).toEqual([[1]]);
    connection.closeSync();
  });

  it('never leaves settings half taken', async () => {
    for (let round = 0; round < 5; round++) {
      const connection = traceConnection(await instance.connect(), { tracerProvider });
      const first = connection.run('SELECT 1').catch(() => {});
      const hit = new Promise((resolve) => setTimeout(resolve, after / 10)).then(() => connection.interrupt());
      await Promise.all([first, hit]);
      const shown = `SELECT current_setting('enable_profiling'), current_setting('profiling_output'), current_setting('profiling_coverage')`;
      expect((await connection.runAndReadAll(shown)).getRows()).toEqual([[null, '', 'SELECT']]);
      connection.closeSync();
    }
  });
});

it('an interrupt is no error, of a call and of a stream alike', async () => {
  const connection = traceConnection(await instance.connect(), { tracerProvider });
  await interrupted(connection, 20);
  const stream = await connection.stream('SELECT i FROM range(10000000) t(i)');
  await stream.fetchChunk();
  connection.interrupt();
  while (((await stream.fetchChunk())?.rowCount ?? 0) > 0);
  expect(recorder.spans().map(({ attributes, status }) => [attributes['planscope.run.status'], status.code])).toEqual([
    ['cancelled', 0],
    ['cancelled', 0],
  ]);
  connection.closeSync();
});
