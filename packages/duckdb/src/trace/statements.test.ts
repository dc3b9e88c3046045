import { type DuckDBConnection, DuckDBConnection as DuckDBConnectionClass, DuckDBInstance } from '@duckdb/node-api';
import type { RunWarning } from '@planscope/plan';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceConnection } from './trace-connection.ts';
import { withQueryOptions } from './trace-options.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
let warnings: RunWarning[];
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeEach(async () => {
  warnings = [];
  recorder.clear();
  instance = await DuckDBInstance.create();
  connection = traceConnection(await instance.connect(), { tracerProvider, warn: (warning) => warnings.push(warning) });
});
afterEach(() => {
  connection.closeSync();
  instance.closeSync();
});

const of = (kind: string) => recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === kind);
const queries = (): unknown[] => of('query').map(({ name, attributes }) => [name, attributes['planscope.run.status']]);
const codes = (): string[] => {
  recorder.spans();
  return warnings.map(({ code }) => code);
};

describe('several statements in one text', () => {
  it('each have a span if the driver runs them one by one', async () => {
    const stream = await connection.stream('CREATE TABLE t AS SELECT 1 AS a; INSERT INTO t VALUES (2); FROM t');
    expect((await stream.getRows()).length).toBe(2);
    expect(queries()).toEqual([
      ['CREATE t', 'ok'],
      ['INSERT t', 'ok'],
      ['SELECT t', 'ok'],
    ]);
    expect(of('query').map(({ attributes }) => attributes['db.query.text'])).toEqual([
      'CREATE TABLE t AS SELECT ?1 AS a',
      'INSERT INTO t VALUES (?1)',
      'FROM t',
    ]);
    expect(codes()).toEqual([]);
  });

  it('stop at the failing statement, whose span has the error', async () => {
    await expect(connection.run('CREATE TABLE t(x INT); INSERT INTO nowhere VALUES ($1); FROM t', [1])).rejects.toThrow(
      'Catalog Error',
    );
    expect(queries()).toEqual([
      ['CREATE t', 'ok'],
      ['INSERT nowhere', 'error'],
    ]);
  });

  it('have one span without operators, and a warning, if the driver runs them as one', async () => {
    await connection.run('CREATE TABLE t(x INT); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)');
    await connection.run('INSERT INTO t VALUES (3); INSERT INTO t VALUES (4)');
    expect(queries()).toEqual([
      ['BATCH', 'ok'],
      ['BATCH INSERT', 'ok'],
    ]);
    expect(of('query').map(({ attributes }) => attributes['db.operation.batch.size'])).toEqual([3, 2]);
    expect(of('operator')).toEqual([]);
    expect(codes()).toEqual(['several-statements', 'several-statements']);
  });

  it('are each named after their own text when they are extracted', async () => {
    const statements = await connection.extractStatements(`CREATE TABLE t AS SELECT ';' AS x; FROM t; -- done`);
    await (await statements.prepare(0)).run();
    await (await statements.prepare(1)).run();
    expect(queries()).toEqual([
      ['CREATE t', 'ok'],
      ['SELECT t', 'ok'],
    ]);
  });
});

describe('a statement', () => {
  it('of PIVOT has operators', async () => {
    await connection.run('CREATE TABLE t AS SELECT range % 3 AS a, range AS b FROM range(9)');
    recorder.clear();
    const expected = (await connection.runAndReadAll('PIVOT t ON a USING sum(b)')).getRows();
    expect((await connection.streamAndReadAll('PIVOT t ON a USING sum(b)')).getRows()).toEqual(expected);
    expect(of('query').length).toBe(2);
    expect(of('operator').length).toBeGreaterThan(3);
    expect(codes()).toEqual([]);
  });

  it('without rows, or with an empty text, raises no warning', async () => {
    await (await connection.stream('CREATE TABLE t(x INT)')).getRows();
    await connection.run('');
    await connection.run(' ; ');
    await connection.run('-- nothing');
    expect(queries().map((query) => (query as string[])[1])).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(codes()).toEqual([]);
  });

  // The driver's threads determine the order in which they run.
  it.each(['that is traced already', 'whose settings are not changed yet'])(
    'reaches the driver in the order of the calls, without awaiting the others, on a connection %s',
    async (state) => {
      const bare = await instance.connect();
      const sent: string[] = [];
      for (const method of ['run', 'stream', 'prepare'] as const) {
        const call = bare[method].bind(bare) as (...args: unknown[]) => unknown;
        bare[method] = ((...args: unknown[]) => {
          sent.push(method);
          return call(...args);
        }) as never;
      }
      const traced = traceConnection(bare, { tracerProvider, warn: () => {} });
      if (state === 'that is traced already') await traced.run('SELECT 0');
      sent.length = 0;
      const calls = [
        traced.prepare('SELECT 1'),
        traced.run('SELECT 2'),
        withQueryOptions({ skip: true }, () => traced.run('SELECT 3')),
        traced.stream('SELECT 4'),
      ];
      if (state === 'that is traced already') expect(sent).toEqual(['prepare', 'run', 'run', 'stream']);
      await Promise.all(calls);
      expect(sent).toEqual(['prepare', 'run', 'run', 'stream']);
      traced.closeSync();
    },
  );
});

describe('a subclass of the connection', () => {
  class Counting extends DuckDBConnectionClass {
    #count = 0;
    override run(...args: Parameters<DuckDBConnection['run']>): ReturnType<DuckDBConnection['run']> {
      this.#count += 1;
      return super.run(...args);
    }
    get count(): number {
      return this.#count;
    }
    async twice(sql: string): Promise<void> {
      await this.run(sql);
      await this.run(sql);
    }
  }

  it('keeps its private fields', async () => {
    const own = await instance.connect();
    const counting = new Counting((own as unknown as { connection: never }).connection);
    const traced = traceConnection(counting, { tracerProvider }) as Counting;
    await traced.run('SELECT 1');
    await traced.run('SELECT $1', [1]);
    await traced.runAndReadAll('SELECT 2');
    await traced.twice('SELECT 3');
    expect(traced.count).toBe(5);
    expect(traced).toBeInstanceOf(Counting);
    expect(queries().length).toBe(3);
    traced.closeSync();
  });
});

describe('two traced connections over the same connection', () => {
  it('each trace their own queries with one profiler', async () => {
    const bare = await instance.connect();
    const other = createSpanRecorder();
    const [first, second] = [
      traceConnection(bare, { tracerProvider }),
      traceConnection(bare, { tracerProvider: other.tracerProvider }),
    ];
    await first.run('SELECT 1');
    await second.run('SELECT 2');
    await first.run('SELECT 3');
    expect(queries().length).toBe(2);
    expect(of('operator').length).toBe(4);
    expect(other.spans().filter(({ name }) => name === 'DUMMY_SCAN').length).toBe(1);
    first.closeSync();
    expect(codes()).toEqual([]);
  });
});

describe('a stream', () => {
  const MILLION = 'SELECT i FROM range(1000000) t(i)';

  it('ends when the next query displaces it, before it is garbage-collected', async () => {
    const stream = await connection.stream(MILLION);
    await stream.fetchChunk();
    const before = performance.now();
    await connection.run('SELECT 1');
    const [first, second] = of('query');
    expect(first?.attributes).toMatchObject({ 'planscope.run.status': 'cancelled', 'db.response.returned_rows': 2048 });
    expect(second?.attributes['planscope.run.status']).toBe('ok');
    expect(performance.now() - before).toBeLessThan(5000);
    expect(stream.isStreaming).toBe(true);
  });

  it('ends when a prepared statement displaces it', async () => {
    const stream = await connection.stream(MILLION);
    await stream.fetchChunk();
    await connection.prepare('SELECT 1');
    expect(queries()).toEqual([['SELECT', 'cancelled']]);
  });

  it('that was started and never read ends, and later queries have a profile', async () => {
    await (async () => void (await connection.start(MILLION)))();
    await connection.run('SELECT 1');
    expect(queries()).toEqual([
      ['SELECT', 'cancelled'],
      ['SELECT', 'ok'],
    ]);
    expect(of('operator').map(({ name }) => name)).toEqual(['PROJECTION', 'DUMMY_SCAN']);
    expect(codes()).toEqual([]);
  });
});
