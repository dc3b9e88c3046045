import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { flush } from './drawing-backlog.ts';
import { traceConnection } from './trace-connection.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
const WAIT_TIME = 'planscope.metrics.wait_time';
const IN_FLIGHT = 'planscope.metrics.queries_in_flight';
/** The default size of libuv's pool, whose threads run the queries. */
const THREADS = 4;
const SLOW = 'SELECT sum(a.range * b.range) FROM range(30000) a, range(1000) b';

let instance: DuckDBInstance;
let connections: DuckDBConnection[];
beforeEach(async () => {
  recorder.clear();
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connections = [];
});
afterEach(() => {
  for (const connection of connections) connection.closeSync();
  instance.closeSync();
});

async function connect(): Promise<DuckDBConnection> {
  const connection = traceConnection(await instance.connect(), { tracerProvider });
  connections.push(connection);
  // Settings are changed before the first query.
  await connection.run('SELECT 1');
  return connection;
}

it('counts the queries that are open when one is sent', async () => {
  const connection = await connect();
  recorder.clear();
  await Promise.all([connection.run(SLOW), connection.run('SELECT 2')]);
  await flush();
  const inFlight = recorder.spans().map(({ attributes }) => attributes[IN_FLIGHT]);
  expect(inFlight.sort()).toEqual([1, 2]);
});

it('shows how long queries waited for a thread of the pool', async () => {
  const busy = await Promise.all(Array.from({ length: THREADS + 2 }, connect));
  recorder.clear();
  await Promise.all(busy.map((connection) => connection.run(SLOW)));
  await flush();
  const spans = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
  expect(spans.map(({ attributes }) => attributes[IN_FLIGHT]).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  const waits = spans.map(({ attributes }) => Number(attributes[WAIT_TIME])).sort((one, other) => one - other);
  // The last two start when the first ones have ended: after a tenth of the time of one, even if all share one core.
  const shortest = Math.min(...spans.map(({ duration: [seconds, nanoseconds] }) => seconds * 1e9 + nanoseconds));
  expect(Number(waits.at(-1))).toBeGreaterThan(shortest / 10);
  expect(Number(waits.at(-2))).toBeGreaterThan(shortest / 10);
  expect(Number(waits[0])).toBeLessThan(Number(waits.at(-1)));
});

const nanosecondsOf = ([seconds, nanoseconds]: readonly [number, number]): number => seconds * 1e9 + nanoseconds;

it('shows how long a stream waited for a thread of the pool', async () => {
  const busy = await Promise.all(Array.from({ length: THREADS + 1 }, connect));
  recorder.clear();
  const last = busy.pop();
  await Promise.all([...busy.map((connection) => connection.run(SLOW)), last?.streamAndReadAll('SELECT 1')]);
  await flush();
  const spans = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
  const durations = spans.map(({ duration }) => nanosecondsOf(duration)).sort((one, other) => one - other);
  const waits = spans.map(({ attributes }) => Number(attributes[WAIT_TIME])).sort((one, other) => one - other);
  expect(Number(waits.at(-1))).toBeGreaterThan(Number(durations[0]) / 10);
});

it('counts no pause of the program between the rows of a stream as waiting', async () => {
  const connection = await connect();
  recorder.clear();
  const result = await connection.stream('FROM range(100000)');
  await result.fetchChunk();
  const pause = 200;
  await new Promise((resolve) => setTimeout(resolve, pause));
  while ((await result.fetchChunk())?.rowCount);
  await flush();
  const [span] = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
  const duration = nanosecondsOf(span?.duration ?? [0, 0]);
  expect(span?.attributes).toMatchObject({ [IN_FLIGHT]: 1, [WAIT_TIME]: expect.any(Number) });
  // A timer may be a millisecond early.
  expect(Number(span?.attributes[WAIT_TIME])).toBeLessThanOrEqual(duration - (pause - 1) * 1e6);
});

it('knows no waiting of a stream that the program left', async () => {
  const connection = await connect();
  recorder.clear();
  for await (const _ of await connection.stream('FROM range(100000)')) break;
  await flush();
  const [span] = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
  expect(span?.attributes).not.toHaveProperty(WAIT_TIME);
});

it('counts no query that is over, whatever its end', async () => {
  const connection = await connect();
  await connection.run('SELECT * FROM nothing').catch(() => {});
  const stream = await connection.stream('SELECT * FROM range(10000000)');
  await stream.fetchChunk();
  await connection.run('SELECT 1');
  recorder.clear();
  await connection.run('SELECT 1');
  await flush();
  expect(recorder.spans().at(-1)?.attributes[IN_FLIGHT]).toBe(1);
});
