import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '@planscope/run-model';
import type { RegressionCause } from '../src/index.ts';
import { traceQueries } from './traced-queries.ts';

/** A query that runs before and after a change. */
export interface RegressionPair {
  readonly name: string;
  /** Whether the database is a file. One in memory spills its tables as well, which hides what a query spills. */
  readonly isFile?: boolean;
  readonly setup: readonly string[];
  readonly change: readonly string[];
  readonly query: string;
  /** Why the query becomes worse; absent if it does not. */
  readonly cause?: RegressionCause;
  /** Whether the change gives another plan. */
  readonly changesPlan: boolean;
}

const events = (order: string, rows = 1_000_000): string =>
  `CREATE OR REPLACE TABLE events AS SELECT (hash(i) % ${rows})::INTEGER AS id, DATE '2026-01-01' + (hash(i + 1) % 365)::INTEGER AS day,
    (hash(i + 2) % 1000)::INTEGER AS customer, (hash(i + 3) % 10000)::INTEGER AS amount FROM range(${rows}) t(i) ${order}`;
const customers = (copies: number): string =>
  `CREATE OR REPLACE TABLE customers AS SELECT i::INTEGER AS customer, 'region ' || (i % 7) AS region FROM range(1000) t(i), range(${copies})`;
const joined = 'SELECT region, sum(amount) FROM events JOIN customers USING (customer) GROUP BY region';

export const regressionPairs: readonly RegressionPair[] = [
  {
    name: 'an index was dropped',
    setup: [events(''), 'CREATE INDEX by_id ON events (id)'],
    change: ['DROP INDEX by_id'],
    query: 'SELECT sum(amount) FROM events WHERE id = 4711',
    cause: 'lost-pruning',
    changesPlan: true,
  },
  {
    name: 'the table lost its order',
    setup: [events('ORDER BY day')],
    change: [events('')],
    query: `SELECT sum(amount) FROM events WHERE day = DATE '2026-03-01'`,
    cause: 'lost-pruning',
    changesPlan: false,
  },
  {
    name: 'less memory',
    isFile: true,
    setup: [events(''), 'CHECKPOINT', `SET memory_limit = '2GB'`],
    change: [`SET memory_limit = '50MB'`],
    query:
      'SELECT id, day, customer, amount, row_number() OVER (ORDER BY amount, id) AS place FROM events QUALIFY place = 1',
    cause: 'spill',
    changesPlan: false,
  },
  {
    name: 'filters are no longer pushed down',
    setup: [events('ORDER BY day'), customers(1)],
    change: [`SET disabled_optimizers = 'filter_pushdown'`],
    query: `${joined.replace('GROUP', `WHERE day = DATE '2026-03-01' GROUP`)}`,
    cause: 'more-rows',
    changesPlan: true,
  },
  {
    name: 'keys of a dimension repeat',
    setup: [events('', 200_000), customers(1)],
    change: [customers(20)],
    query: joined,
    cause: 'more-rows',
    changesPlan: false,
  },
  {
    name: 'an index was created',
    setup: [events('')],
    change: ['CREATE INDEX by_id ON events (id)'],
    query: 'SELECT sum(amount) FROM events WHERE id = 4711',
    changesPlan: true,
  },
  {
    name: 'the table got an order',
    setup: [events('')],
    change: [events('ORDER BY day')],
    query: `SELECT sum(amount) FROM events WHERE day = DATE '2026-03-01'`,
    changesPlan: false,
  },
  {
    name: 'one percent more rows',
    setup: [events(''), customers(1)],
    change: ['INSERT INTO events SELECT * FROM events LIMIT 10_000'],
    query: joined,
    changesPlan: false,
  },
  {
    name: 'the order of rows is free',
    setup: [events(''), customers(1)],
    change: ['SET preserve_insertion_order = false'],
    query: joined,
    changesPlan: false,
  },
  {
    name: 'an optimizer that changes little is off',
    setup: [events(''), customers(1)],
    change: [`SET disabled_optimizers = 'compressed_materialization,top_n'`],
    query: `${joined} ORDER BY region LIMIT 3`,
    changesPlan: true,
  },
];

/** Five is the least at which a rank test can be sure to 1%. */
export const RUNS = 5;

/** Executes a pair in an instance of its own. */
export async function runPair(pair: RegressionPair): Promise<{ before: Run[]; after: Run[] }> {
  const { setup, change, query, isFile = false } = pair;
  const folder = isFile ? await mkdtemp(join(tmpdir(), 'planscope-pair-')) : undefined;
  const queries = await traceQueries(folder === undefined ? {} : { path: join(folder, 'events.db') });
  const times = async (): Promise<Run[]> => {
    const runs: Run[] = [];
    for (let number = 0; number < RUNS; number += 1) {
      await queries.reconnect();
      runs.push(await queries.run(query));
    }
    return runs;
  };
  try {
    for (const sql of setup) await queries.prepare(sql);
    const before = await times();
    for (const sql of change) await queries.prepare(sql);
    return { before, after: await times() };
  } finally {
    queries.close();
    if (folder !== undefined) await rm(folder, { recursive: true, maxRetries: 5 });
  }
}
