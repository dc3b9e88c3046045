import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DuckDBConnection,
  DuckDBConnection as DuckDBConnectionClass,
  DuckDBInstance,
  DuckDBMaterializedResult,
  DuckDBResult,
  DuckDBScalarFunction,
  INTEGER,
  StatementType,
  VARCHAR,
} from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DriverTracing } from './driver-tracing.ts';
import { traceConnection } from './trace-connection.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
const driverTracing = new DriverTracing();
driverTracing.configure({ tracerProvider, warn: () => {} });
const ROWS = 5000;
const NUMBERS = `SELECT i, i % 7 AS k FROM range(${ROWS}) t(i)`;

const variants: Readonly<Record<string, (connection: DuckDBConnection, instance: DuckDBInstance) => DuckDBConnection>> =
  {
    bare: (connection) => connection,
    traced: (connection) => traceConnection(connection, { tracerProvider, warn: () => {} }),
    'traced twice': (connection) => traceConnection(traceConnection(connection, { tracerProvider, warn: () => {} })),
    'traced with the log of the instance': (connection, instance) =>
      traceConnection(connection, { tracerProvider, warn: () => {}, events: { instance } }),
    'traced with the values of parameters': (connection) =>
      traceConnection(connection, { tracerProvider, parameterValues: 'keep' }),
    'traced because its driver is': (connection, instance) => driverTracing.trace(connection, instance),
    'traced without a profile': (connection) => traceConnection(connection, { tracerProvider, profile: false }),
  };

describe.each(Object.entries(variants))('a connection, %s,', (_, variant) => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  let folder: string;
  beforeEach(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    connection = variant(await instance.connect(), instance);
    folder = await mkdtemp(join(tmpdir(), 'planscope-test-'));
  });
  afterEach(async () => {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true });
    expect(recorder.openSpans()).toBe(0);
  });

  it('is an instance of DuckDBConnection', () => {
    expect(connection).toBeInstanceOf(DuckDBConnectionClass);
    expect(connection.clientContext.connectionId).toBeGreaterThan(0);
    expect(connection.progress.percentage).toBe(-1);
  });

  it('runs', async () => {
    const result = await connection.run(NUMBERS);
    expect(result).toBeInstanceOf(DuckDBMaterializedResult);
    expect([result.rowCount, result.columnNames(), result.statementType]).toEqual([
      ROWS,
      ['i', 'k'],
      StatementType.SELECT,
    ]);
    expect((await connection.run('SELECT $a + $b AS sum', { a: 1, b: 2 })).columnNames()).toEqual(['sum']);
    expect((await connection.run('SELECT 1; SELECT 2 AS two')).columnNames()).toEqual(['1']);
  });

  it('reads', async () => {
    expect((await connection.runAndRead(NUMBERS)).currentRowCount).toBe(0);
    expect((await connection.runAndReadAll(NUMBERS)).currentRowCount).toBe(ROWS);
    expect((await connection.runAndReadUntil(NUMBERS, 10)).currentRowCount).toBeGreaterThanOrEqual(10);
    expect((await connection.runAndReadAll('SELECT ?::INTEGER AS x', [3])).getRowObjects()).toEqual([{ x: 3 }]);
  });

  it('streams', async () => {
    const result = await connection.stream(NUMBERS);
    expect(result).toBeInstanceOf(DuckDBResult);
    expect(result.isStreaming).toBe(true);
    expect((await result.getRows()).length).toBe(ROWS);
    expect((await connection.streamAndRead(NUMBERS)).currentRowCount).toBe(0);
    expect((await connection.streamAndReadAll(NUMBERS)).currentRowCount).toBe(ROWS);
    expect((await connection.streamAndReadUntil(NUMBERS, 10)).done).toBe(false);
    let rows = 0;
    for await (const chunk of await connection.stream(NUMBERS)) rows += chunk.rowCount;
    for await (const some of (await connection.stream(NUMBERS)).yieldRowsJson()) rows += some.length;
    expect(rows).toBe(2 * ROWS);
  });

  it('stops reading early and runs the next query', async () => {
    for await (const _ of await connection.stream(NUMBERS)) break;
    expect((await connection.runAndReadAll('SELECT 1 AS one')).getRowObjects()).toEqual([{ one: 1 }]);
  });

  it('starts', async () => {
    for (const start of [() => connection.start(NUMBERS), () => connection.startStream(NUMBERS)]) {
      const pending = await start();
      await pending.runAllTasks();
      expect((await pending.readAll()).currentRowCount).toBe(ROWS);
    }
    expect((await connection.startThenReadAll(NUMBERS)).currentRowCount).toBe(ROWS);
    expect((await connection.startStreamThenReadAll(NUMBERS)).currentRowCount).toBe(ROWS);
  });

  it('prepares, with bound parameters', async () => {
    const statement = await connection.prepare('SELECT $word AS word, $number::INTEGER AS number');
    expect([statement.parameterCount, statement.parameterName(1), statement.statementType]).toEqual([
      2,
      'word',
      StatementType.SELECT,
    ]);
    for (const number of [1, 2]) {
      statement.bind({ word: 'x', number }, { word: VARCHAR, number: INTEGER });
      expect((await statement.runAndReadAll()).getRowObjects()).toEqual([{ word: 'x', number }]);
    }
    expect((await statement.streamAndReadAll()).currentRowCount).toBe(1);
    const pending = statement.start();
    await pending.runAllTasks();
    expect((await pending.readAll()).currentRowCount).toBe(1);
    statement.destroySync();
  });

  it('extracts statements', async () => {
    const statements = await connection.extractStatements('CREATE TABLE t AS SELECT 1 AS x; FROM t');
    expect(statements.count).toBe(2);
    await (await statements.prepare(0)).run();
    expect((await (await statements.prepare(1)).runAndReadAll()).getRows()).toEqual([[1]]);
  });

  it('changes data, in transactions', async () => {
    await connection.run('CREATE TABLE t(x INTEGER)');
    expect((await connection.run('INSERT INTO t VALUES (1), (2)')).rowsChanged).toBe(2);
    await connection.run('BEGIN');
    await connection.run('DELETE FROM t');
    await connection.run('ROLLBACK');
    expect((await connection.runAndReadAll('SELECT count(*)::INTEGER AS n FROM t')).getRows()).toEqual([[2]]);
    const appender = await connection.createAppender('t');
    appender.appendInteger(3);
    appender.endRow();
    appender.closeSync();
    expect((await connection.runAndReadAll('SELECT sum(x)::INTEGER FROM t')).getRows()).toEqual([[6]]);
  });

  it('continues after an aborted transaction', async () => {
    await connection.run('CREATE TABLE t(x INTEGER PRIMARY KEY)');
    await connection.run('BEGIN');
    await expect(connection.run('INSERT INTO t VALUES (1), (1)')).rejects.toThrow('Constraint Error');
    await expect(connection.run('SELECT 1')).rejects.toThrow(/transaction is aborted/i);
    await expect(connection.run(`SELECT current_setting('threads')`)).rejects.toThrow(/transaction is aborted/i);
    await connection.run('ROLLBACK');
    expect((await connection.runAndReadAll('SELECT 1')).getRows()).toEqual([[1]]);
  });

  it('throws the same errors', async () => {
    await expect(connection.run('SELEC 1')).rejects.toThrow('Parser Error: syntax error at or near "SELEC"');
    await expect(connection.stream('SELEC 1')).rejects.toThrow('Parser Error: syntax error at or near "SELEC"');
    await expect(connection.prepare('FROM nowhere')).rejects.toThrow('Catalog Error');
    await expect(connection.run(`SELECT 'x'::INTEGER`)).rejects.toThrow(`Could not convert string 'x' to INT32`);
    const pending = await connection.start(`SELECT i::VARCHAR || 'x' FROM range(9) t(i) WHERE (i || 'x')::INTEGER > 0`);
    await expect(pending.readAll()).rejects.toThrow('Conversion Error');
  });

  it('ends a broken stream like the driver', async () => {
    const sql = `SELECT CASE WHEN i = 900000 THEN error('boom') ELSE i END FROM range(1000000) t(i)`;
    const reader = await connection.streamAndReadAll(sql);
    expect(reader.currentRowCount).toBeLessThan(900_000);
  });

  it('can be interrupted', async () => {
    const running = connection.run('SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b');
    const timer = setInterval(() => connection.interrupt(), 20);
    await expect(running).rejects.toThrow('Interrupted');
    clearInterval(timer);
  });

  it('calls registered functions', async () => {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: 'double_it',
        parameterTypes: [INTEGER],
        returnType: INTEGER,
        mainFunction: (_info, input, output) => {
          const vector = input.getColumnVector(0);
          for (let row = 0; row < input.rowCount; row++) output.setItem(row, Number(vector.getItem(row)) * 2);
          output.flush();
        },
      }),
    );
    expect((await connection.runAndReadAll('SELECT double_it(21)')).getRows()).toEqual([[42]]);
  });

  it('shows the profiling settings of the program', async () => {
    const shown = async (): Promise<unknown> =>
      (
        await connection.runAndReadAll(
          `SELECT current_setting('enable_profiling'), current_setting('profiling_output'), current_setting('profiling_mode'), current_setting('profiling_coverage')`,
        )
      ).getRows();
    await connection.run('SELECT 1');
    expect(await shown()).toEqual([[null, '', null, 'SELECT']]);
    await connection.run('SELECT 1');
    await connection.run(`SET profiling_output = '${join(folder, 'own.txt')}'`);
    await connection.run('SELECT 1');
    expect(await shown()).toEqual([[null, join(folder, 'own.txt'), null, 'SELECT']]);
  });

  it('writes only the profiles that the program requested', async () => {
    const own = join(folder, 'own.json');
    await connection.run('SELECT 1');
    await connection.run(`SET enable_profiling = 'json'`);
    await connection.run(`SET profiling_output = '${own}'`);
    await connection.run('SELECT 42 AS answer');
    expect(JSON.parse(await readFile(own, 'utf8'))).toMatchObject({ query_name: 'SELECT 42 AS answer' });
    await connection.run('PRAGMA disable_profiling');
    await rm(own, { force: true });
    await connection.run('SELECT 43');
    expect(existsSync(own)).toBe(false);
    const shown = await connection.runAndReadAll(`SELECT current_setting('profiling_output')`);
    expect(shown.getRows()).toEqual([[own]]);
    await connection.run(`SET enable_profiling = 'json'`);
    await connection.run('SELECT 44');
    expect(JSON.parse(await readFile(own, 'utf8'))).toMatchObject({ query_name: 'SELECT 44' });
  });
});
