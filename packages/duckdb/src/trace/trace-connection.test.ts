import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RunWarning } from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AIRPORTS } from '../../test/flights.ts';
import { duckdbSchema } from '../semconv.ts';
import { traceConnection } from './trace-connection.ts';
import { type TraceConnectionOptions, withQueryOptions } from './trace-options.ts';

const MILLION = 'SELECT i FROM range(1000000) t(i)';
const BREAKS = `SELECT CASE WHEN i = 900000 THEN error('secret') ELSE i END AS i FROM range(1000000) t(i)`;

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
let warnings: RunWarning[];
let instance: DuckDBInstance;
let connection: DuckDBConnection;

const traced = async (options: TraceConnectionOptions = {}): Promise<DuckDBConnection> =>
  traceConnection(await instance.connect(), { tracerProvider, warn: (warning) => warnings.push(warning), ...options });

beforeEach(async () => {
  recorder.clear();
  warnings = [];
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await traced();
});
afterEach(() => {
  connection.closeSync();
  instance.closeSync();
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema], secrets: ['secret'] });
});

const queries = () => recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
const statuses = (): unknown[] => queries().map(({ name, attributes }) => [name, attributes['planscope.run.status']]);
const codes = (): string[] => {
  recorder.spans();
  return warnings.map(({ code }) => code);
};
const isPlanning = ({ name }: { readonly name: string }): boolean => name.endsWith('_plan');

describe('a traced query', () => {
  it('is a span with the attributes of the database conventions, and operators below', async () => {
    await connection.runAndReadAll(
      `SELECT state, count(*) AS n FROM read_csv('${AIRPORTS}') AS a WHERE city <> 'secret' GROUP BY state`,
    );
    const attributes = ['datafusion.metrics.output_rows', 'db.operation.name', 'db.response.returned_rows'];
    expect(renderSpanTree(recorder.spans(), { hide: isPlanning, attributes })).toMatchInlineSnapshot(`
      "SELECT db.operation.name=SELECT db.response.returned_rows=57
        HASH_GROUP_BY ~execution_window datafusion.metrics.output_rows=57
          PROJECTION ~execution_window datafusion.metrics.output_rows=3376
            PROJECTION ~execution_window datafusion.metrics.output_rows=3376
              FILTER ~execution_window datafusion.metrics.output_rows=3376
                READ_CSV ~execution_window datafusion.metrics.output_rows=3376"
    `);
    expect(queries()[0]?.attributes['db.query.text']).toContain('city <> ?');
  });

  it.each(['run', 'stream'] as const)('has the number of rows that %s returned, for any statement', async (method) => {
    const returned: unknown[] = [];
    for (const sql of [
      'CREATE TABLE t AS SELECT range AS v, range % 3 AS k FROM range(10)',
      'PIVOT t ON k USING count(*) GROUP BY k',
      'UNPIVOT t ON v, k',
      'SHOW TABLES',
      'DESCRIBE t',
      'INSERT INTO t VALUES (10, 1), (11, 2) RETURNING v',
      'INSERT INTO t VALUES (12, 1)',
      'DELETE FROM t WHERE v > 9 RETURNING *',
      'UPDATE t SET k = 7',
    ]) {
      const result = await connection[method](sql);
      for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; )
        chunk = await result.fetchChunk();
      returned.push([sql.split(' ')[0], queries().at(-1)?.attributes['db.response.returned_rows']]);
    }
    expect(returned).toEqual([
      ['CREATE', undefined],
      ['PIVOT', 3],
      ['UNPIVOT', 20],
      ['SHOW', 1],
      ['DESCRIBE', 2],
      ['INSERT', 2],
      ['INSERT', undefined],
      ['DELETE', 3],
      ['UPDATE', undefined],
    ]);
  });

  it('is a trace of its own, or a child of the active span', async () => {
    await connection.run('SELECT 1');
    const parent = tracerProvider.getTracer('a program').startSpan('parent');
    const active = vi.spyOn(context, 'active').mockReturnValue(trace.setSpan(ROOT_CONTEXT, parent));
    await connection.run('SELECT 2');
    active.mockRestore();
    parent.end();
    const [alone, child] = queries();
    expect(alone?.parentSpanContext).toBeUndefined();
    expect(child?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
    recorder.clear();
  });

  it.each([
    ['CREATE TABLE t AS SELECT 1 AS x', 'CREATE t', ['CREATE_TABLE_AS', 'PROJECTION', 'DUMMY_SCAN']],
    ['INSERT INTO s SELECT range FROM range(3)', 'INSERT s', ['INSERT']],
    ['UPDATE s SET x = 2', 'UPDATE s', ['UPDATE']],
    ['DELETE FROM s', 'DELETE s', ['DELETE']],
    [`COPY s TO '/dev/null' (FORMAT csv)`, 'COPY s', []],
    ['EXPLAIN FROM s', 'EXPLAIN s', []],
    ['PRAGMA table_info(s)', 'PRAGMA', []],
    [`ATTACH ':memory:' AS other`, 'ATTACH', []],
    ['BEGIN', 'BEGIN', []],
    ['SET threads = 1', 'SET', []],
  ])('can be any statement: %s', async (sql, name, operators) => {
    await connection.run('CREATE TABLE s(x INTEGER)');
    recorder.clear();
    await connection.run(sql);
    expect(statuses()).toEqual([[name, 'ok']]);
    expect(recorder.spans().map((span) => span.name)).toEqual(expect.arrayContaining(operators));
    expect(codes()).toEqual([]);
  });

  it('that fails has an error with its class and without data', async () => {
    await expect(connection.run(`SELECT 'secret'::INTEGER`)).rejects.toThrow('secret');
    await expect(connection.prepare('FROM secret')).rejects.toThrow('secret');
    expect(recorder.spans().map(({ status }) => status.code)).toEqual(Array(2).fill(SpanStatusCode.ERROR));
    expect(queries().map(({ attributes }) => attributes['error.type'])).toEqual(['ConversionError', 'CatalogError']);
    // The name of a relation is not a literal, so it is kept.
    recorder.clear();
  });

  it('is each execution of a prepared statement, not its preparation', async () => {
    const statement = await connection.prepare('SELECT $1::INTEGER AS x');
    for (const number of [1, 2]) {
      statement.bindInteger(1, number);
      await statement.runAndReadAll();
    }
    await statement.streamAndReadAll();
    expect(statuses()).toEqual(Array(3).fill(['SELECT', 'ok']));
    expect(queries()[0]?.attributes['db.query.text']).toBe('SELECT $1::INTEGER AS x');
  });

  it('has the number of returned rows', async () => {
    await connection.streamAndReadAll(MILLION);
    await connection.run('SELECT 1');
    expect(queries().map(({ attributes }) => attributes['db.response.returned_rows'])).toEqual([1_000_000, 1]);
  });

  it('warns of a large result held in memory', async () => {
    await connection.run(MILLION);
    await connection.streamAndReadAll(MILLION);
    expect(codes()).toEqual(['large-result-materialized']);
    expect(queries()[0]?.attributes['planscope.warnings.codes']).toEqual(['large-result-materialized']);
  });
});

describe('a stream', () => {
  it('that the program stops reading is cancelled', async () => {
    for await (const _ of await connection.stream(MILLION)) break;
    expect(statuses()).toEqual([['SELECT', 'cancelled']]);
  });

  it('that is open when the connection closes is cancelled', async () => {
    const other = await traced();
    const result = await other.stream(MILLION);
    await result.fetchChunk();
    expect(recorder.openSpans()).toBe(1);
    other.closeSync();
    expect(statuses()).toEqual([['SELECT', 'cancelled']]);
  });

  it('that is garbage-collected is cancelled', async () => {
    await (async () => void (await (await connection.stream(MILLION)).fetchChunk()))();
    await expect
      .poll(() => {
        globalThis.gc?.();
        return statuses();
      })
      .toEqual([['SELECT', 'cancelled']]);
  });

  it('that DuckDB broke off raises a warning and does not throw', async () => {
    const reader = await connection.streamAndReadAll(BREAKS);
    expect(reader.currentRowCount).toBeLessThan(900_000);
    const [span] = queries();
    expect(span?.attributes).toMatchObject({
      'planscope.run.status': 'error',
      'error.type': 'DuckDBError',
      'planscope.warnings.codes': ['lost-stream'],
    });
    expect(codes()).toEqual(['lost-stream']);
  });

  it('that DuckDB broke off throws with `onLostError: "throw"`', async () => {
    const strict = await traced({ onLostError: 'throw' });
    await expect(strict.streamAndReadAll(BREAKS)).rejects.toMatchObject({ code: 'lost-stream' });
    strict.closeSync();
  });

  it('that another query on the connection cut short raises a warning', async () => {
    const result = await connection.stream(MILLION);
    await result.fetchChunk();
    await connection.run('SELECT 1');
    while (((await result.fetchChunk())?.rowCount ?? 0) > 0);
    expect(codes()).toEqual(['lost-stream']);
    expect(statuses()).toEqual([
      ['SELECT', 'cancelled'],
      ['SELECT', 'ok'],
    ]);
  });

  it('that the program interrupted is cancelled', async () => {
    const result = await connection.stream(MILLION);
    await result.fetchChunk();
    connection.interrupt();
    while (((await result.fetchChunk())?.rowCount ?? 0) > 0);
    expect(statuses()).toEqual([['SELECT', 'cancelled']]);
    expect(codes()).toEqual([]);
  });
});

describe('a profile', () => {
  const operators = (): string[] =>
    recorder
      .spans()
      .flatMap(({ name, attributes }) => (attributes['planscope.span.kind'] === 'operator' ? [name] : []));

  it('is never used for another query', async () => {
    await connection.run('SELECT 1');
    recorder.clear();
    const sums = await Promise.all([
      connection.run('SELECT count(*) FROM range(10) WHERE range > 3'),
      connection.run('SELECT sum(range) FROM range(20) GROUP BY range % 2'),
    ]);
    expect(sums.map((result) => result.rowCount)).toEqual([1, 2]);
    expect(operators()).toEqual([]);
    expect(codes()).toEqual(['profile-ambiguous', 'profile-ambiguous']);
  });

  it('is omitted if the driver runs several statements as one', async () => {
    await connection.run('SELECT sum(range) FROM range(10); SELECT 2 AS two');
    expect(operators()).toEqual([]);
    expect(statuses()).toEqual([['BATCH SELECT', 'ok']]);
    expect(codes()).toEqual(['several-statements']);
  });

  it('is recorded for each statement if the driver runs them one by one', async () => {
    await connection.run('CREATE TABLE t(x INTEGER)');
    recorder.clear();
    await connection.run('INSERT INTO t VALUES (1); FROM t WHERE x = $1', [1]);
    expect(statuses()).toEqual([
      ['INSERT t', 'ok'],
      ['SELECT t', 'ok'],
    ]);
    expect(operators()).toEqual(['INSERT', 'COLUMN_DATA_SCAN', 'SEQ_SCAN']);
    expect(codes()).toEqual([]);
  });

  it('of the query before is not used for a failed query', async () => {
    await connection.run('SELECT 1');
    recorder.clear();
    await connection.run(`SELECT 'secret'::INTEGER`).catch(() => {});
    expect(operators()).toEqual([]);
  });

  it('is left to a program that uses the profiler itself', async () => {
    await connection.run(`SET enable_profiling = 'no_output'`);
    recorder.clear();
    await connection.run('SELECT 1');
    expect(operators()).toEqual([]);
    await connection.run('PRAGMA disable_profiling');
    await connection.run('SELECT 1');
    expect(operators()).toEqual(['PROJECTION', 'DUMMY_SCAN']);
  });
});

describe('options of a call', () => {
  it('skip a query, omit its profile, or add fields to it', async () => {
    await withQueryOptions({ skip: true }, () => connection.runAndReadAll('SELECT 1'));
    expect(recorder.spans()).toEqual([]);
    await withQueryOptions({ profile: false }, () => connection.run('SELECT 2'));
    expect(recorder.spans().length).toBe(1);
    const other = await traced({ customFields: { team: 'a', tier: 1 } });
    await withQueryOptions({ customFields: { team: 'b' } }, () => other.streamAndReadAll('SELECT 3'));
    expect(queries().at(-1)?.attributes).toMatchObject({
      team: 'b',
      tier: 1,
      'trace.custom_fields_json': '{"team":"b","tier":1}',
    });
    other.closeSync();
  });

  it('limit the spans of a query and count the dropped ones', async () => {
    const other = await traced({ maxSpans: 3, preset: 'maximal' });
    await other.run('SELECT 1');
    expect(recorder.spans().length).toBe(4);
    expect(queries()[0]?.attributes['planscope.spans.dropped']).toBeGreaterThan(10);
    other.closeSync();
  });
});
