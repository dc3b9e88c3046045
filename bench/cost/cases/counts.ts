import '../calls-counted.ts';
import { recordBatches } from '@planscope/duckdb/arrow';
import { createEngine } from '@planscope/engine';
import { createSpanRecorder } from '@planscope/testing';
import { type CallCounts, countCalls } from '../calls-counted.ts';
import { type ConnectionWay, type OpenWay, openWay, tracedWays } from '../connection-ways.ts';
import type { CostCase } from '../cost-case.ts';
import { flights, GROUP_BY } from '../flights.ts';
import { figure, type Goal, type Row } from '../row.ts';

const NAME = 'counts';
const NONE: Goal = { atMost: 0 };
const COLUMNS = 'delay, distance';

/** Counts in place of times, which are the same on a busy machine. */
export const counts: CostCase = {
  rounds: 20,
  quickRounds: 20,
  async measure(queries) {
    const bare = await countQueries('bare', 'SELECT 42', queries);
    const rows: Row[] = [];
    for (const way of tracedWays) {
      const short = await countQueries(way, 'SELECT 42', queries);
      const long = await countQueries(way, GROUP_BY, queries);
      rows.push(
        figure(NAME, `${way}: statements a query, more than bare`, short.statements - bare.statements, 'number', NONE),
        figure(NAME, `${way}: files opened a query`, short.opens, 'number', NONE),
        figure(NAME, `${way}: promises a query, more than bare`, short.promises - bare.promises, 'number'),
        figure(NAME, `${way}: spans of SELECT 42`, short.spans, 'number'),
        figure(NAME, `${way}: spans of the group-by`, long.spans, 'number'),
      );
    }
    const untraced = await promisesOfChunk('bare');
    for (const way of tracedWays) {
      const more = (await promisesOfChunk(way)) - untraced;
      rows.push(figure(NAME, `${way}: promises a chunk of a stream, more than bare`, more, 'number'));
    }
    const unplanned = await promisesOfBareBatch();
    for (const preset of ['off', 'production-lean', 'maximal'] as const) {
      const more = (await promisesOfBatch(preset)) - unplanned;
      rows.push(figure(NAME, `engine, ${preset}: promises a batch, more than recordBatches`, more, 'number'));
    }
    return rows;
  },
};

/** What one query adds, including its deferred spans. The first query is not counted. */
async function countQueries(
  name: ConnectionWay,
  sql: string,
  queries: number,
): Promise<CallCounts & { readonly spans: number }> {
  return await withRecorder(name, async (way, spans) => {
    const run = async (): Promise<void> => {
      await way.lanes[0].use((connection) => connection.runAndReadAll(sql));
      await way.settle();
    };
    await run();
    const before = spans();
    const counted = await countCalls(async () => {
      for (let query = 0; query < queries; query += 1) await run();
    });
    return {
      statements: counted.statements / queries,
      opens: counted.opens / queries,
      promises: counted.promises / queries,
      spans: (spans() - before) / queries,
    };
  });
}

async function promisesOfChunk(name: ConnectionWay): Promise<number> {
  return await withRecorder(name, async (way) => {
    const result = await way.lanes[0].use((connection) => connection.stream(`SELECT ${COLUMNS} FROM '${flights}'`));
    let chunks = 0;
    const { promises } = await countCalls(async () => {
      while ((await result.fetchChunk())?.rowCount) chunks += 1;
    });
    return promises / chunks;
  });
}

/** The baseline: promises for reading chunks of the bare driver's stream and making batches of them. */
async function promisesOfBareBatch(): Promise<number> {
  return await withRecorder('bare', async (way) => {
    const stream = await way.lanes[0].use((connection) => connection.stream(`SELECT ${COLUMNS} FROM '${flights}'`));
    return promisesOf(recordBatches(stream));
  });
}

async function promisesOfBatch(preset: 'off' | 'production-lean' | 'maximal'): Promise<number> {
  const { tracerProvider } = createSpanRecorder();
  const engine = await createEngine({ tracing: { preset }, environment: {}, tracerProvider });
  const inputs = [{ name: 'flights', location: flights }];
  const { batches } = await engine.stream({ sql: `SELECT ${COLUMNS} FROM flights`, inputs });
  const promises = await promisesOf(batches);
  await engine.close();
  return promises;
}

async function promisesOf(batches: AsyncIterable<unknown>): Promise<number> {
  let read = 0;
  const { promises } = await countCalls(async () => {
    for await (const _ of batches) read += 1;
  });
  return promises / read;
}

async function withRecorder<T>(
  name: ConnectionWay,
  call: (way: OpenWay, spans: () => number) => Promise<T>,
): Promise<T> {
  const recorder = createSpanRecorder();
  const way = await openWay(name, { tracerProvider: recorder.tracerProvider });
  try {
    return await call(way, () => recorder.spans().length);
  } finally {
    await way.close();
  }
}
