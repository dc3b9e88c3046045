import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, DuckDBInstanceCache } from '@duckdb/node-api';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { connectOwn } from '@planscope/internal/own-connection';
import { createSpanRecorder } from '@planscope/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addTracer, databaseOf, removeTracer } from '../driver/driver-connections.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';
import { flush } from './drawing-backlog.ts';
import { DriverTracing, type DriverTracingOptions } from './driver-tracing.ts';
import { traceConnection } from './trace-connection.ts';

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
let tracing: DriverTracing;
let warnings: string[];
let open: DuckDBConnection[];
beforeEach(() => {
  recorder.clear();
  warnings = [];
  open = [];
  tracing = new DriverTracing();
  configure({});
  addTracer(tracing);
});
afterEach(() => {
  removeTracer(tracing);
  for (const connection of open) connection.closeSync();
});

function configure(options: DriverTracingOptions): void {
  tracing.configure({ tracerProvider, warn: ({ code }) => warnings.push(code), ...options });
}

async function connect(instance?: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await (instance ?? (await DuckDBInstance.create())).connect();
  open.push(connection);
  return connection;
}

/** The names of the spans of queries. */
async function queries(): Promise<string[]> {
  await flush();
  const spans = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
  return spans.map(({ name }) => name);
}

describe('the connections of a driver', () => {
  it('are traced, however the instance was opened', async () => {
    const cached = await DuckDBInstance.fromCache();
    const own = await new DuckDBInstanceCache().getOrCreateInstance();
    for (const instance of [await DuckDBInstance.create(), cached, await DuckDBInstance.fromCache(), own]) {
      await (await connect(instance)).run('SELECT 42');
    }
    expect(await queries()).toEqual(['SELECT', 'SELECT', 'SELECT', 'SELECT']);
    expect(warnings).toEqual([]);
  });

  it('in a transaction are traced, which commits and rolls back as before', async () => {
    const connection = await connect();
    await connection.run('CREATE TABLE t (i INTEGER)');
    for (const end of ['COMMIT', 'ROLLBACK']) {
      await connection.run('BEGIN');
      await connection.run('INSERT INTO t VALUES (1)');
      await connection.run(end);
    }
    await connection.run('BEGIN');
    await expect(connection.run(`SELECT error('boom') FROM t`)).rejects.toThrow(/boom/);
    await expect(connection.run('SELECT 1')).rejects.toThrow(/aborted/);
    await connection.run('ROLLBACK');
    expect((await connection.runAndReadAll('FROM t')).getRows()).toEqual([[1]]);
    expect(await queries()).toEqual([
      'CREATE t',
      'BEGIN',
      'INSERT t',
      'COMMIT',
      'BEGIN',
      'INSERT t',
      'ROLLBACK',
      'BEGIN',
      'SELECT t',
      'SELECT',
      'ROLLBACK',
      'SELECT t',
    ]);
  });

  it('prepare statements, and append rows', async () => {
    const connection = await connect();
    await connection.run('CREATE TABLE t (i INTEGER)');
    const appender = await connection.createAppender('t');
    for (let row = 0; row < 3; row++) {
      appender.appendInteger(row);
      appender.endRow();
    }
    appender.closeSync();
    const statement = await connection.prepare('SELECT count(*) FROM t WHERE i > $1');
    for (const least of [-1, 0, 1]) {
      statement.bindInteger(1, least);
      expect((await statement.runAndReadAll()).getRows()).toEqual([[BigInt(2 - least)]]);
    }
    expect(await queries()).toEqual(['CREATE t', 'SELECT t', 'SELECT t', 'SELECT t']);
  });

  it('may leave a stream unread, and the connection open', async () => {
    const connection = await (await DuckDBInstance.create()).connect();
    const stream = async (): Promise<void> => void (await connection.stream('SELECT i FROM range(1000000) t(i)'));
    await stream();
    await connection.run('SELECT 42');
    expect(await queries()).toEqual(['SELECT', 'SELECT']);
    expect(recorder.spans().find(({ attributes }) => attributes['planscope.run.status'] === 'cancelled')).toBeDefined();
  });

  it('can be closed while a query runs', async () => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const running = connection.run('SELECT sum(i) FROM range(50000000) t(i)').catch(() => 'failed');
    connection.closeSync();
    await running;
    expect(await queries()).toEqual(['SELECT']);
    expect(recorder.openSpans()).toBe(0);
  });

  it('of Planscope itself are not traced', async () => {
    const instance = await DuckDBInstance.create();
    const own = await connectOwn(instance);
    await own.run('SELECT 42');
    own.closeSync();
    const session = await DuckDBSession.open({ events: ['reads'] });
    await session.describe({ sql: 'SELECT 42' });
    await session.close();
    expect(await queries()).toEqual([]);
  });

  it('can be traced with options of the program, which make no second span', async () => {
    const automatic = await connect();
    const traced = traceConnection(automatic, { tracerProvider, customFields: { 'app.part': 'report' } });
    expect(traceConnection(traced)).toBe(traced);
    await traced.run('SELECT 1');
    await automatic.run('CREATE TABLE t (i INTEGER)');
    expect(await queries()).toEqual(['SELECT', 'CREATE t']);
    const spans = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
    expect(spans.map(({ attributes }) => attributes['app.part'])).toEqual(['report', undefined]);
  });

  it('follow the last of two tracers, and the first again without it', async () => {
    const second = createSpanRecorder();
    const other = new DriverTracing();
    other.configure({ tracerProvider: second.tracerProvider });
    addTracer(other);
    await (await connect()).run('SELECT 1');
    removeTracer(other);
    await (await connect()).run('SELECT 2');
    expect(await queries()).toEqual(['SELECT']);
    expect(second.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query')).toHaveLength(1);
  });

  it('have their reads, with consent to the log of each instance', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'planscope-test-'));
    configure({ events: { kinds: ['reads'] } });
    const connection = await connect();
    await connection.run(`COPY (SELECT 42 AS answer) TO '${folder}/one.parquet'`);
    await connection.run(`FROM '${folder}/one.parquet'`);
    await flush();
    expect(recorder.spans().map(({ name }) => name)).toContain('duckdb.get_ranges');
    await rm(folder, { recursive: true });
  });

  it('know the name of their database', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'planscope-test-'));
    const names = [undefined, ':memory:', join(folder, 'sales.2026.duckdb')];
    for (const path of names) {
      const instance = await DuckDBInstance.create(path);
      const connection = await connectOwn(instance);
      const [row] = (await connection.runAndReadAll('SELECT current_database()')).getRows();
      expect(databaseOf(instance)).toBe(row?.[0]);
      connection.closeSync();
      instance.closeSync();
    }
    await rm(folder, { recursive: true });
  });
});

describe('the tracing of a driver', () => {
  it('ends in the middle of a query, whose span ends, and begins again', async () => {
    const connection = await connect();
    const running = connection.run('SELECT sum(i) FROM range(5000000) t(i)');
    const stream = await (await connect()).stream('SELECT i FROM range(10000) t(i)');
    tracing.isEnabled = false;
    await running;
    expect((await stream.getRows()).length).toBe(10_000);
    await connection.run('CREATE TABLE unseen (i INTEGER)');
    const statement = await connection.prepare('FROM unseen');
    await statement.run();
    expect(await queries()).toEqual(['SELECT', 'SELECT']);
    expect(recorder.openSpans()).toBe(0);
    tracing.isEnabled = true;
    await statement.run();
    expect(await queries()).toEqual(['SELECT', 'SELECT', 'SELECT unseen']);
  });

  it('has new options for the next query of an open connection', async () => {
    const connection = await connect();
    await connection.run('SELECT 1');
    configure({ customFields: { 'app.part': 'late' } });
    await connection.run('SELECT 2');
    await flush();
    const spans = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'query');
    expect(spans.map(({ attributes }) => attributes['app.part'])).toEqual([undefined, 'late']);
  });

  it('refuses invalid options and keeps those before', async () => {
    expect(() => configure({ preset: 'loud' as never })).toThrow(/preset is "loud"/);
    expect(() => configure({ events: { kinds: ['noise' as never] } })).toThrow(/events.kinds/);
    await (await connect()).run('SELECT 1');
    expect(await queries()).toEqual(['SELECT']);
  });

  it('leaves out queries without a parent on request', async () => {
    configure({ requireParentSpan: true });
    const connection = await connect();
    await connection.run('SELECT 1');
    const manager = new AsyncLocalStorageContextManager().enable();
    context.setGlobalContextManager(manager);
    const parent = tracerProvider.getTracer('test').startSpan('request');
    await context.with(trace.setSpan(context.active(), parent), () => connection.run('CREATE TABLE t (i INTEGER)'));
    parent.end();
    context.disable();
    expect(await queries()).toEqual(['CREATE t']);
  });

  it('calls hooks, whose errors only warn', async () => {
    const seen: unknown[] = [];
    configure({
      requestHook: (span, { sql }) => span.setAttribute('db.namespace', sql.slice(0, 4)),
      responseHook: (_, response) => seen.push(response),
    });
    const connection = await connect();
    await connection.run('SELECT * FROM range(3)');
    await (await connection.stream('SELECT * FROM range(5000)')).getRows();
    const failing = await connection.run('FROM missing').catch((error: unknown) => error);
    expect(seen).toEqual([
      { status: 'ok', rows: 3 },
      { status: 'ok', rows: 5000 },
      { status: 'error', rows: 0, error: failing },
    ]);
    await flush();
    expect(recorder.spans().filter(({ attributes }) => 'db.namespace' in attributes)).toHaveLength(3);
    const fail = (): never => {
      throw new TypeError('of the program');
    };
    configure({ requestHook: fail, responseHook: fail });
    expect((await connection.runAndReadAll('SELECT 42')).getRows()).toEqual([[42]]);
    expect(warnings).toEqual(['hook-failed', 'hook-failed']);
  });
});
