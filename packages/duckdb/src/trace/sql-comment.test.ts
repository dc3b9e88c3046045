import { tracingChannel } from 'node:diagnostics_channel';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createTraceState } from '@opentelemetry/api';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flush } from './drawing-backlog.ts';
import { DUCKDB_QUERY_CHANNEL, type DuckDBQueryMessage } from './query-channel.ts';
import { withSqlComment } from './sql-comment.ts';
import { traceConnection } from './trace-connection.ts';

const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const TRACEPARENT = `traceparent='00-${span.traceId}-${span.spanId}-01'`;

describe('a comment', () => {
  it('has the trace context and tags, sorted and encoded', () => {
    const traceState = createTraceState('congo=t61rcWkgMzE,rojo=00f067aa0ba902b7');
    const tags = { route: "/it's */ 100%", "o'key": 'x' };
    expect(withSqlComment('SELECT 1', { tags }, { ...span, traceState })).toBe(
      `SELECT 1\n/*o%27key='x',route='%2Fit%27s%20%2a%2F%20100%25',${TRACEPARENT},tracestate='congo%3Dt61rcWkgMzE%2Crojo%3D00f067aa0ba902b7'*/`,
    );
  });

  it('is left out where it could change the statement, or has nothing to say', () => {
    for (const sql of ['SELECT /* mine */ 1', "SELECT 'open", 'SELECT "open', 'SELECT $$open', '  ']) {
      expect(withSqlComment(sql, {}, span)).toBe(sql);
    }
    expect(withSqlComment('SELECT 1', {}, undefined)).toBe('SELECT 1');
    expect(withSqlComment('SELECT 1', {}, { ...span, traceId: '0'.repeat(32) })).toBe('SELECT 1');
  });
});

describe('a traced connection with comments', () => {
  const recorder = createSpanRecorder();
  const { tracerProvider } = recorder;
  let bare: DuckDBConnection;
  let traced: DuckDBConnection;
  let sent: string[];
  beforeEach(async () => {
    recorder.clear();
    bare = await (await DuckDBInstance.create()).connect();
    traced = traceConnection(bare, { tracerProvider, sqlComments: { tags: { application: 'test' } } });
    sent = [];
    for (const name of ['run', 'extractStatements', 'prepare'] as const) {
      const original = bare[name].bind(bare) as (sql: string, ...rest: unknown[]) => unknown;
      vi.spyOn(bare, name).mockImplementation(((sql: string, ...rest: unknown[]) => {
        sent.push(sql);
        return original(sql, ...rest);
      }) as never);
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
    traced.closeSync();
  });

  it('sends the context of the span of each query, which keeps the text of the program', async () => {
    await traced.run('SELECT 1');
    await (await traced.stream('SELECT $1::INTEGER', [2])).getRows();
    await flush();
    const queries = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
    expect(queries.map(({ attributes }) => attributes['db.query.text'])).toEqual(['SELECT ?1', 'SELECT $1::INTEGER']);
    const comments = queries.map(
      (span) =>
        `\n/*application='test',traceparent='00-${span.spanContext().traceId}-${span.spanContext().spanId}-01'*/`,
    );
    expect(sent.filter((sql) => sql.includes('traceparent'))).toEqual([
      `SELECT 1${comments[0]}`,
      `SELECT $1::INTEGER${comments[1]}`,
    ]);
    for (const { attributes, events } of recorder.spans()) {
      expect(JSON.stringify([attributes, events])).not.toContain('traceparent');
    }
  });

  it('sends prepared statements and each of several statements unchanged', async () => {
    const statement = await traced.prepare('SELECT $1::INTEGER');
    statement.bindInteger(1, 1);
    expect((await statement.runAndReadAll()).getRows()).toEqual([[1]]);
    const extracted = await traced.extractStatements('SELECT 1; SELECT 2');
    expect(extracted.count).toBe(2);
    expect((await traced.streamAndReadAll('SELECT 1; SELECT 2 AS two')).getRows()).toEqual([[2]]);
    expect(sent.filter((sql) => sql.includes('traceparent'))).toEqual([]);
  });

  it('has the results and errors of one without', async () => {
    const plain = await (await DuckDBInstance.create()).connect();
    const texts = [
      'SELECT 42 AS a -- a comment',
      'SELECT 1; SELECT 2',
      'CREATE VIEW v AS SELECT 42 AS a;',
      "SELECT sql FROM duckdb_views() WHERE view_name = 'v'",
      'EXPLAIN SELECT 1',
      'SELECT * FROM',
      'SELEC 1',
      'SELECT (1',
      "SELECT 'open",
      'FROM missing',
      'SELECT missing\nFROM range(3)',
      "SELECT error('boom')",
      '',
    ];
    const outcome = (connection: DuckDBConnection, sql: string): Promise<unknown> =>
      connection.runAndReadAll(sql).then(
        (reader) => reader.getRowsJson(),
        (error: Error) => error.message,
      );
    for (const sql of texts) expect(await outcome(traced, sql)).toEqual(await outcome(plain, sql));
    plain.closeSync();
  });

  it('publishes the text of the program', async () => {
    const seen: string[] = [];
    const channel = tracingChannel<unknown, DuckDBQueryMessage>(DUCKDB_QUERY_CHANNEL);
    const start = (message: unknown): void => void seen.push((message as DuckDBQueryMessage).sql);
    channel.start.subscribe(start);
    await traced.run('SELECT 1');
    channel.start.unsubscribe(start);
    expect(seen).toEqual(['SELECT 1']);
  });
});
