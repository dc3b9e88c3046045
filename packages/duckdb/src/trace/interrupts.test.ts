import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceConnection } from './trace-connection.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
/** A query that runs far longer than the test. */
const ENDLESS = 'SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b';

let instance: DuckDBInstance;
beforeEach(async () => {
  recorder.clear();
  instance = await DuckDBInstance.create(':memory:', { threads: '2' });
});
afterEach(() => instance.closeSync());

/** Far longer than an interrupted statement takes to end, even on a busy machine. */
const LOST_MILLIS = 5000;

/** Interrupts a statement until it ends. Resolves to the number of interrupts: more than one if the first was lost. */
async function interrupted(connection: DuckDBConnection, after: number): Promise<number> {
  let interrupts = 0;
  const interrupt = (): void => {
    interrupts += 1;
    connection.interrupt();
  };
  const running = connection.run(ENDLESS).then(
    () => 'done',
    (error: Error) => error.message,
  );
  setTimeout(interrupt, after);
  const again = setInterval(interrupt, LOST_MILLIS);
  expect(await running).toContain('INTERRUPT');
  clearInterval(again);
  return interrupts;
}

describe.each([0, 2, 5, 10, 30])('an interrupt after %i ms', (after) => {
  it('hits the first query of a connection, though settings are taken before it', async () => {
    const connection = traceConnection(await instance.connect(), { tracerProvider, events: { instance } });
    expect(await interrupted(connection, after)).toBe(1);
    await connection.run('SELECT 1');
    const spans = recorder.spans();
    expect(spans.filter(({ attributes }) => attributes['planscope.run.status'] === 'cancelled').length).toBe(1);
    expect(spans.map(({ name }) => name)).toContain('DUMMY_SCAN');
    connection.closeSync();
  });

  it('hits a query that has its settings but has not started yet', async () => {
    const plain = await instance.connect();
    const interrupt = plain.interrupt.bind(plain);
    let calls = 0;
    // The first interrupt comes before DuckDB has started the query, which ignores it.
    plain.interrupt = () => {
      calls += 1;
      if (calls > 1) interrupt();
    };
    const connection = traceConnection(plain, { tracerProvider });
    expect(await interrupted(connection, after + 20)).toBe(1);
    connection.closeSync();
  });

  it('stops later queries', async () => {
    const connection = traceConnection(await instance.connect(), { tracerProvider });
    await connection.run('SELECT 1');
    const interrupts = await interrupted(connection, after);
    // DuckDB ignores an interrupt before the start of the query, on an untraced connection as well.
    if (after > 10) expect(interrupts).toBe(1);
    expect((await connection.runAndReadAll('SELECT 1')).getRows()).toEqual([[1]]);
    connection.closeSync();
  });

  it('never leaves settings half changed', async () => {
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

it('an interrupted call or stream is cancelled, not failed', async () => {
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
