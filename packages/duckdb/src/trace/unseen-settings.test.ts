import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { traceConnection } from './trace-connection.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
let instance: DuckDBInstance;
let bare: DuckDBConnection;
let connection: DuckDBConnection;
let codes: string[];

beforeEach(async () => {
  instance = await DuckDBInstance.create();
  bare = await instance.connect();
  codes = [];
  connection = traceConnection(await instance.connect(), { tracerProvider, warn: ({ code }) => void codes.push(code) });
  // From here on, the settings are changed by Planscope.
  await connection.run('SELECT 1');
  recorder.clear();
});
afterEach(() => {
  connection.closeSync();
  bare.closeSync();
  instance.closeSync();
});

const NAMES = `('enable_profiling', 'profiling_output', 'profile_output', 'profiling_mode', 'profiling_coverage', 'custom_profiling_settings')`;
const rows = async (on: DuckDBConnection, sql: string): Promise<unknown> => (await on.runAndReadAll(sql)).getRows();
const operators = (): string[] =>
  recorder.spans().flatMap(({ name, attributes }) => (attributes['planscope.span.kind'] === 'operator' ? [name] : []));

describe('a program sees its own settings', () => {
  it.each([
    `SELECT name, value FROM duckdb_settings() WHERE name IN ${NAMES} ORDER BY name`,
    `SELECT name, setting FROM pg_settings WHERE name IN ${NAMES} ORDER BY name`,
    `SELECT current_setting('enable_profiling'), current_setting('profiling_coverage')`,
    `FROM query('SELECT current_setting(''profiling_output'') AS x')`,
  ])('with %s', async (sql) => {
    const expected = await rows(bare, sql);
    expect(await rows(connection, sql)).toEqual(expected);
    await connection.run('SELECT 1');
    expect(await rows(connection, sql)).toEqual(expected);
  });

  it.each(['before', 'through another connection', 'through this one'])(
    'in a view that was created %s',
    async (when) => {
      const create = `CREATE VIEW mine AS SELECT name, value FROM duckdb_settings() WHERE name IN ${NAMES}`;
      const expected = await rows(bare, `SELECT name, value FROM duckdb_settings() WHERE name IN ${NAMES}`);
      await (when === 'through this one' ? connection : bare).run(create);
      expect(await rows(connection, 'FROM mine')).toEqual(expected);
      await connection.run('SELECT 1');
      expect(await rows(connection, 'SELECT * FROM mine')).toEqual(expected);
    },
  );

  it('except if a second run would advance a sequence: the query then runs once, with a warning', async () => {
    await bare.run('CREATE SEQUENCE numbers');
    await bare.run(`CREATE VIEW counted AS SELECT nextval('numbers') AS number, name FROM duckdb_settings() LIMIT 1`);
    const numbers: unknown[] = [];
    for (const sql of ['SELECT number FROM counted', 'FROM counted']) {
      const [[number] = []] = (await rows(connection, sql)) as unknown[][];
      numbers.push(number);
    }
    expect(numbers).toEqual([1n, 2n]);
    expect(codes).toEqual(['settings-shown']);
  });

  it('with a macro and a prepared statement', async () => {
    await connection.run(`CREATE MACRO shown() AS current_setting('enable_profiling')`);
    await connection.run(`PREPARE asked AS SELECT current_setting('profiling_coverage')`);
    await connection.run('SELECT 1');
    expect(await rows(connection, 'SELECT shown()')).toEqual([[null]]);
    await connection.run('SELECT 1');
    expect(await rows(connection, 'EXECUTE asked')).toEqual([['SELECT']]);
  });
});

describe('a statement keeps its operators', () => {
  it.each(['user_profiles', 'presets', '"current settings"'])('although it reads %s', async (table) => {
    await connection.run(`CREATE TABLE ${table} AS SELECT range AS x FROM range(9)`);
    recorder.clear();
    await connection.run(`SELECT x AS settings FROM ${table} WHERE x > 1 -- current_setting('enable_profiling')`);
    expect(operators()).toContain('SEQ_SCAN');
  });
});

describe('EXPLAIN ANALYZE', () => {
  const shape = (text: unknown): string =>
    String(text)
      .replace(/\d+(\.\d+)?(e-\d+)?/g, '0')
      .replace(/\s+/g, ' ');

  it.each(['EXPLAIN ANALYZE SELECT 42', 'EXPLAIN (ANALYZE, FORMAT json) SELECT 42'])(
    '%s returns the same as on an untraced connection',
    async (sql) => {
      const [[, expected]] = (await rows(bare, sql)) as [[unknown, unknown]];
      const [[, found]] = (await rows(connection, sql)) as [[unknown, unknown]];
      if (sql.includes('json')) expect(keysOf(found)).toEqual(keysOf(expected));
      else expect(shape(found)).toBe(shape(expected));
    },
  );

  it('works in a transaction', async () => {
    await connection.run('BEGIN');
    const [[, found]] = (await rows(connection, 'EXPLAIN ANALYZE SELECT 42')) as [[unknown, unknown]];
    expect(String(found)).toContain('Total Time');
    await connection.run('COMMIT');
  });
});

/** All keys in a JSON text, at any depth. */
function keysOf(text: unknown): string[] {
  return [...new Set([...String(text).matchAll(/"(\w+)":/g)].map(([, key]) => String(key)))].sort();
}
