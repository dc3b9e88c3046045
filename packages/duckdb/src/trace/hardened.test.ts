import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { RunWarning } from '@planscope/plan';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AIRPORTS } from '../../test/flights.ts';
import { traceConnection } from './trace-connection.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
let warnings: RunWarning[];
let instance: DuckDBInstance | undefined;
const open: DuckDBConnection[] = [];

beforeEach(() => {
  recorder.clear();
  warnings = [];
});
afterEach(() => {
  for (const connection of open.splice(0)) connection.closeSync();
  instance?.closeSync();
});

async function traced(options: Record<string, string> = {}, log = true): Promise<DuckDBConnection> {
  instance ??= await DuckDBInstance.create(':memory:', options);
  const made = instance;
  const connection = traceConnection(await made.connect(), {
    tracerProvider,
    warn: (warning) => warnings.push(warning),
    ...(log ? { events: { instance: made } } : {}),
  });
  open.push(connection);
  return connection;
}
afterEach(() => {
  instance = undefined;
});

const queries = (): unknown[] =>
  recorder
    .spans()
    .flatMap(({ name, attributes }) =>
      attributes['planscope.span.kind'] === 'query' ? [[name, attributes['planscope.run.status']]] : [],
    );
const operators = (): number =>
  recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator').length;
const codes = (): string[] => {
  recorder.spans();
  return warnings.map(({ code }) => code);
};

/** Creates, inserts and sums, partly in a transaction. Each step fails if DuckDB cannot write its profile. */
async function work(connection: DuckDBConnection): Promise<unknown> {
  await connection.run('CREATE TABLE t(x INTEGER)');
  expect((await connection.run('INSERT INTO t VALUES (1)')).rowsChanged).toBe(1);
  await connection.run('BEGIN');
  await connection.run('INSERT INTO t VALUES (2)');
  await connection.run('COMMIT');
  const statement = await connection.prepare('INSERT INTO t VALUES ($1)');
  statement.bindInteger(1, 3);
  await statement.run();
  return (await connection.runAndReadAll('SELECT sum(x)::INTEGER FROM t')).getRows();
}
const WORK = ['CREATE t', 'INSERT t', 'BEGIN', 'INSERT t', 'COMMIT', 'INSERT t', 'SELECT t'];

describe('an instance that forbids', () => {
  it.each<[string, Record<string, string>, string]>([
    ['files', { enable_external_access: 'false' }, 'not-permitted'],
    ['changes of its settings', { lock_configuration: 'true' }, 'locked'],
  ])('%s from the start is traced without a profile, with one warning', async (_, options, reason) => {
    expect(await work(await traced(options))).toEqual([[6]]);
    expect(queries()).toEqual(WORK.map((name) => [name, 'ok']));
    expect(operators()).toBe(0);
    expect(codes()).toEqual([`profile-${reason}`, `io-log-${reason}`]);
  });

  it.each([
    ['SET enable_external_access = false', 'not-permitted'],
    [`SET disabled_filesystems = 'LocalFileSystem'`, 'not-permitted'],
    ['SET lock_configuration = true', 'locked'],
  ])('something after %s fails no statement of any traced connection', async (sql, reason) => {
    const [first, second] = [await traced({}, false), await traced({}, false)];
    await second.run('SELECT 1');
    await first.run('SELECT 1');
    expect(operators()).toBe(4);
    await first.run(sql);
    recorder.clear();
    expect(await work(first)).toEqual([[6]]);
    await second.run('INSERT INTO t VALUES (4)');
    expect(operators()).toBe(0);
    expect(codes()).toEqual([`profile-${reason}`, `profile-${reason}`]);
  });

  it.each(['run', 'stream', 'prepare'] as const)(
    'files by %s of an untraced connection fails no statement',
    async (call) => {
      const instance = await DuckDBInstance.create();
      const untraced = await instance.connect();
      const connection = traceConnection(await instance.connect(), {
        tracerProvider,
        warn: (warning) => warnings.push(warning),
      });
      await connection.run('SELECT 1');
      expect(operators()).toBe(2);
      recorder.clear();
      const sql = 'SET enable_external_access = false';
      if (call === 'prepare') await untraced.prepare(sql).then((statement) => statement.run());
      else await untraced[call](sql);
      expect(await work(connection)).toEqual([[6]]);
      expect(operators()).toBe(0);
      expect(codes()).toEqual(['profile-not-permitted']);
      connection.closeSync();
    },
  );

  it('something with its first statement, before Planscope reads the settings, fails no statement', async () => {
    const connection = await traced({}, false);
    await connection.run('SET enable_external_access = false');
    expect(await work(connection)).toEqual([[6]]);
    expect(codes()).toEqual(['profile-not-permitted']);
  });

  it('files raises no warning on a connection without profiles', async () => {
    const connection = traceConnection(await (await DuckDBInstance.create()).connect(), {
      tracerProvider,
      profile: false,
      warn: (warning) => warnings.push(warning),
    });
    await connection.run('SET enable_external_access = false');
    await connection.run('SELECT 1');
    expect(codes()).toEqual([]);
    connection.closeSync();
  });
});

describe('a transaction of the program', () => {
  it('has no settings changed, and profiles start after it', async () => {
    const bare = await (await DuckDBInstance.create()).connect();
    await bare.run('CREATE TABLE t(x INTEGER); BEGIN');
    const connection = traceConnection(bare, { tracerProvider, warn: (warning) => warnings.push(warning) });
    await connection.run('INSERT INTO t VALUES (1)');
    expect(operators()).toBe(0);
    await connection.run('COMMIT');
    recorder.clear();
    await connection.run('FROM t');
    expect(operators()).toBe(1);
    expect(codes()).toEqual([]);
    connection.closeSync();
  });

  it('that is aborted remains aborted until its end', async () => {
    const connection = await traced();
    await connection.run('CREATE TABLE t(x INTEGER PRIMARY KEY)');
    await connection.run('BEGIN');
    await expect(connection.run('INSERT INTO t VALUES (1), (1)')).rejects.toThrow('Constraint Error');
    await expect(connection.run('EXPLAIN ANALYZE FROM t')).rejects.toThrow(/transaction is aborted/i);
    await expect(connection.run('FROM t')).rejects.toThrow(/transaction is aborted/i);
    await connection.run('ROLLBACK');
    expect((await connection.runAndReadAll('FROM t')).getRows()).toEqual([]);
  });

  it('can read settings and continue', async () => {
    const connection = await traced();
    await connection.run('CREATE TABLE t(x INTEGER)');
    await connection.run('BEGIN');
    await connection.run('INSERT INTO t VALUES (1)');
    const shown = await connection.runAndReadAll(
      `SELECT current_setting('enable_profiling'), current_setting('profiling_output'), current_setting('profiling_coverage')`,
    );
    expect(shown.getRows()).toEqual([[null, '', 'SELECT']]);
    await connection.run('COMMIT');
    expect((await connection.runAndReadAll(`SELECT x FROM t, read_csv('${AIRPORTS}') LIMIT 1`)).getRows()).toEqual([
      [1],
    ]);
  });
});
