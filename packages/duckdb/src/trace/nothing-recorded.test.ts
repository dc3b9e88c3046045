// A process of its own, since other files observe the queries of the process: files share one if these options are the same.
// @vitest-environment-options { "process": "nothing-recorded" }
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AIRPORTS } from '../../test/flights.ts';
import { sentWhile } from '../../test/sent-statements.ts';
import { traceConnection } from './trace-connection.ts';
import { type QueryOptions, type TraceConnectionOptions, withQueryOptions } from './trace-options.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
let instance: DuckDBInstance;
let bare: DuckDBConnection;
const open: DuckDBConnection[] = [];
beforeEach(async () => {
  recorder.clear();
  instance = await DuckDBInstance.create();
  bare = await instance.connect();
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const connection of open.splice(0)) connection.closeSync();
  bare.closeSync();
  instance.closeSync();
});

async function traced(options: TraceConnectionOptions): Promise<DuckDBConnection> {
  const connection = traceConnection(await instance.connect(), options);
  open.push(connection);
  return connection;
}

/** A text, and the number of times that a regular expression was tested on it. */
function watchedText(sql: string): { readonly text: string; looks(): number } {
  let looks = 0;
  const matches = vi.spyOn(RegExp.prototype, 'test').mockImplementation(function (this: RegExp, text: string) {
    if (text === sql) looks += 1;
    return this.exec(text) !== null;
  });
  return {
    text: sql,
    looks: () => {
      matches.mockRestore();
      return looks;
    },
  };
}

const unsampled = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.NONE,
});

const ways: readonly [string, TraceConnectionOptions, QueryOptions, boolean?][] = [
  ['no SDK', {}, {}],
  ['an unsampled parent', { tracerProvider }, {}, true],
  ['skip', { tracerProvider }, { skip: true }],
  ['the preset off of a call', { tracerProvider }, { preset: 'off' }],
  ['the preset off of the connection', { tracerProvider, preset: 'off' }, {}],
];

describe.each(ways)('with %s', (_, options, queryOptions, isUnsampled = false) => {
  it('only the statement is sent, its text is not scanned, and there are no spans', async () => {
    if (isUnsampled) vi.spyOn(context, 'active').mockReturnValue(unsampled);
    const connection = await traced({ ...options, events: { instance } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const sql = `SELECT current_setting('threads'), 'no setting of profiling'`;
    const { text, looks } = watchedText(sql);
    const sent = await sentWhile(bare, async () => {
      await withQueryOptions(queryOptions, () => connection.run(text));
      const statement = await withQueryOptions(queryOptions, () => connection.prepare(text));
      await withQueryOptions(queryOptions, () => statement.run());
    });
    expect(sent).toEqual({ run: 2, texts: [sql, sql] });
    expect(looks()).toBe(0);
    expect(recorder.spans()).toEqual([]);
  });

  it('the driver is called in the same turn, and its promise is returned', async () => {
    if (isUnsampled) vi.spyOn(context, 'active').mockReturnValue(unsampled);
    const own = await instance.connect();
    const promise = Promise.resolve('a result');
    const run = vi.spyOn(own, 'run').mockReturnValue(promise as never);
    const connection = traceConnection(own, options);
    const result = withQueryOptions(queryOptions, () => connection.run('SELECT 1'));
    expect(run).toHaveBeenCalledTimes(1);
    expect(result).toBe(promise);
    connection.closeSync();
  });

  it('a statement that cannot be prepared or extracted has no span', async () => {
    if (isUnsampled) vi.spyOn(context, 'active').mockReturnValue(unsampled);
    const connection = await traced(options);
    const failing: (() => Promise<unknown>)[] = [
      () => connection.prepare('FROM nowhere'),
      () => connection.extractStatements('SELEC'),
      () => connection.run('FROM nowhere'),
    ];
    for (const call of failing) await expect(withQueryOptions(queryOptions, call)).rejects.toThrow();
    expect(recorder.spans()).toEqual([]);
    expect(recorder.openSpans()).toBe(0);
  });
});

it('no settings are changed if the sampler drops every query', async () => {
  const sampler = { shouldSample: () => ({ decision: SamplingDecision.NOT_RECORD }), toString: () => 'none' };
  const none = createSpanRecorder({ sampler });
  const connection = await traced({ tracerProvider: none.tracerProvider, events: { instance } });
  const sent = await sentWhile(bare, async () => {
    await connection.run('SELECT 1');
    await connection.run('SELECT 2');
  });
  expect(sent).toEqual({ run: 2, texts: ['SELECT 1', 'SELECT 2'] });
  expect(none.openSpans()).toBe(0);
});

describe('a traced query', () => {
  it('sends nothing of ours after the first one', async () => {
    const connection = await traced({ tracerProvider, events: { instance }, preset: 'maximal' });
    await connection.run('SELECT 1');
    const queries = ['SELECT 42', `SELECT count(*) FROM read_csv('${AIRPORTS}')`, 'CREATE TABLE t(x INT)', 'FROM t'];
    const sent = await sentWhile(bare, async () => {
      for (const sql of queries) await connection.run(sql);
    });
    expect(sent).toEqual({ run: queries.length, texts: queries });
    const prepared = await sentWhile(bare, async () => {
      const statement = await connection.prepare('SELECT $1::INTEGER');
      statement.bindInteger(1, 1);
      await statement.run();
      await (await connection.stream('FROM t')).getRows();
    });
    expect(prepared).toEqual({ run: 2, texts: ['SELECT $1::INTEGER', 'FROM t'] });
  });

  it('starts in the same turn, after the first query', async () => {
    const own = await instance.connect();
    const connection = traceConnection(own, { tracerProvider });
    await connection.run('SELECT 1');
    const run = vi.spyOn(own, 'run');
    const running = connection.run('SELECT 2');
    expect(run).toHaveBeenCalledTimes(1);
    await running;
    connection.closeSync();
  });

  it('has one span for each operator and phase', async () => {
    const lean = await traced({ tracerProvider });
    await lean.run('SELECT 42');
    expect(recorder.spans().length).toBe(1 + 3 + 2);
  });
});
