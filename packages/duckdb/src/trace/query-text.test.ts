import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  dateValue,
  decimalValue,
  INTEGER,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';
import type { RunWarning } from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { duckdbSchema } from '../semconv.ts';
import { traceConnection } from './trace-connection.ts';
import type { TraceConnectionOptions } from './trace-options.ts';

const SECRET = 'hunter2hunter2';
const SQL = 'SELECT $word AS a';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
let warnings: RunWarning[];
let instance: DuckDBInstance;
let connections: DuckDBConnection[];

beforeEach(async () => {
  recorder.clear();
  warnings = [];
  connections = [];
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
});
afterEach(() => {
  for (const connection of connections) connection.closeSync();
  instance.closeSync();
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
});

async function traced(options: TraceConnectionOptions = {}): Promise<DuckDBConnection> {
  const warn = (warning: RunWarning): unknown => warnings.push(warning);
  const connection = traceConnection(await instance.connect(), { tracerProvider, warn, ...options });
  connections.push(connection);
  return connection;
}

const keeping = (): Promise<DuckDBConnection> => traced({ parameterValues: 'keep' });

/** The parameters on the query spans, oldest first. */
function recorded(): Record<string, unknown>[] {
  const prefix = 'db.query.parameter.';
  return recorder
    .spans()
    .filter(({ attributes }) => attributes['planscope.span.kind'] === 'query')
    .map(({ attributes }) =>
      Object.fromEntries(
        Object.entries(attributes)
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, value]) => [key.slice(prefix.length), value]),
      ),
    );
}

/** Every way to run a statement with a value. */
const ways: Readonly<Record<string, (connection: DuckDBConnection, value: string) => Promise<unknown>>> = {
  run: (connection, word) => connection.run(SQL, { word }),
  runAndReadAll: (connection, word) => connection.runAndReadAll(SQL, [word]),
  streamAndReadAll: (connection, word) => connection.streamAndReadAll(SQL, { word }, { word: VARCHAR }),
  start: async (connection, word) => (await connection.start(SQL, { word })).getResult(),
  startStreamThenReadAll: (connection, word) => connection.startStreamThenReadAll(SQL, [word]),
  'run, prepared': (connection, word) => prepared(connection, word).then((statement) => statement.run()),
  'streamAndReadAll, prepared': (connection, word) =>
    prepared(connection, word).then((statement) => statement.streamAndReadAll()),
  'start, prepared': (connection, word) =>
    prepared(connection, word).then((statement) => statement.start().getResult()),
  'run, taken apart': async (connection, word) => {
    const statement = await (await connection.extractStatements(`SELECT 1; ${SQL}`)).prepare(1);
    statement.bindVarchar(1, word);
    return statement.run();
  },
};

async function prepared(connection: DuckDBConnection, word: string): Promise<DuckDBPreparedStatement> {
  const statement = await connection.prepare(SQL);
  statement.bind({ word });
  return statement;
}

describe.each(Object.entries(ways))('a value bound for %s', (_, way) => {
  it('is not recorded by default', async () => {
    await way(await traced(), SECRET);
    expect(recorded()).toEqual([{}]);
    assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema], secrets: [SECRET] });
  });

  it('is on the span under the name of its parameter with `keep`', async () => {
    await way(await keeping(), SECRET);
    expect(recorded()).toEqual([{ word: SECRET }]);
    expect(warnings).toEqual([]);
  });
});

describe('kept values', () => {
  it('of parameters without a name are numbered from 0', async () => {
    const connection = await keeping();
    await connection.run('SELECT ?, ?', ['a', 2]);
    await connection.run('SELECT $2, $1', ['a', 2]);
    expect(recorded()).toEqual([
      { 0: 'a', 1: '2' },
      { 0: 'a', 1: '2' },
    ]);
  });

  it('are those of the last statement of several, with the log of the instance, too', async () => {
    const connection = await traced({ parameterValues: 'keep', events: { instance } });
    await connection.run('CREATE TABLE t(x INTEGER); INSERT INTO t VALUES (?)', [7]);
    expect(recorded()).toEqual([{}, { 0: '7' }]);
  });

  it('are strings in the format of DuckDB', async () => {
    const statement = await (await keeping()).prepare('SELECT $a, $b, $c, $d, $e, $f, $g, $h');
    statement.bindNull(1);
    statement.bindBlob(2, new Uint8Array([1, 65, 255]));
    statement.bindList(3, ['x', null], LIST(VARCHAR));
    statement.bindStruct(4, { x: 1 });
    statement.bindDate(5, dateValue(3));
    statement.bindDecimal(6, decimalValue(123n, 5, 2));
    statement.bindBigInt(7, 9_007_199_254_740_993n);
    statement.bindValue(8, listValue([1, 2]), LIST(INTEGER));
    await statement.run();
    expect(recorded()).toEqual([
      {
        a: 'NULL',
        b: '\\x01A\\xFF',
        c: `['x', NULL]`,
        d: `{'x': 1}`,
        e: '1970-01-04',
        f: '1.23',
        g: '9007199254740993',
        h: '[1, 2]',
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('are the values bound at the time of each execution', async () => {
    const statement = await (await keeping()).prepare(SQL);
    statement.bindVarchar(1, 'first');
    await statement.run();
    await statement.run();
    statement.bind({ word: 'second' });
    await statement.run();
    expect(() => statement.bindVarchar(2, 'third')).toThrow('Can not bind to parameter number 2');
    await statement.run();
    statement.clearBindings();
    await expect(statement.run()).rejects.toThrow('Values were not provided');
    expect(recorded()).toEqual([{ word: 'first' }, { word: 'first' }, { word: 'second' }, { word: 'second' }, {}]);
  });

  it('are recorded for a query that fails because of them', async () => {
    const connection = await keeping();
    await expect(connection.run('SELECT $word::INTEGER', { word: 'x' })).rejects.toThrow('Conversion Error');
    expect(recorded()).toEqual([{ word: 'x' }]);
  });

  it('are limited in length and in number', async () => {
    const connection = await traced({ parameterValues: 'keep', operators: { maxTextBytes: 64 } });
    await connection.run('SELECT ?', ['x'.repeat(1000)]);
    const marks = Array.from({ length: 200 }, () => '?').join();
    await connection.run(`SELECT ${marks}`, Array<number>(200).fill(1));
    const [long, many] = recorded();
    expect(long?.[0]).toMatch(/^x+… \[truncated, 1000 bytes\]$/);
    expect(Buffer.byteLength(String(long?.[0]))).toBe(64);
    expect(Object.keys(many ?? {})).toHaveLength(64);
  });

  it('that cannot be converted to text do not fail the query', async () => {
    const word = Object.assign(listValue(['x']), {
      toString: () => {
        throw new TypeError('not to be written');
      },
    });
    const reader = await (await keeping()).runAndReadAll(SQL, { word }, { word: LIST(VARCHAR) });
    expect(reader.getRows()).toEqual([[listValue(['x'])]]);
    expect(recorded()).toEqual([{}]);
    expect(warnings.map(({ code }) => code)).toEqual(['recording-failed']);
  });
});
