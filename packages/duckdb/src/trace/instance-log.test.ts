import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { RunWarning } from '@planscope/plan';
import { sharedSchema } from '@planscope/semconv';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AIRPORTS } from '../../test/flights.ts';
import { processReads } from '../../test/process-reads.ts';
import type { ReadableSpan } from '../../test/traced-run.ts';
import { duckdbSchema } from '../semconv.ts';
import { DuckDBSession } from '../session/duckdb-session.ts';
import { flush } from './drawing-backlog.ts';
import { traceConnection } from './trace-connection.ts';
import { type TraceConnectionOptions, withQueryOptions } from './trace-options.ts';

const AIRPORTS_BYTES = 210_365;
const ROWS = 400_000;

const recorder = createSpanRecorder();
let folder: string;
let parquet: string;
let warnings: RunWarning[];
let instance: DuckDBInstance;
/** The program's own connection, which is not traced. */
let bare: DuckDBConnection;
let connections: DuckDBConnection[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-test-'));
  parquet = join(folder, 'numbers.parquet');
  const writer = await (await DuckDBInstance.create()).connect();
  await writer.run(`COPY (SELECT range AS i, random() AS x FROM range(${ROWS})) TO '${parquet}'`);
  writer.closeSync();
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  recorder.clear();
  warnings = [];
  connections = [];
  instance = await DuckDBInstance.create(':memory:', { threads: '1', enable_external_file_cache: 'false' });
  bare = await instance.connect();
});
afterEach(async () => {
  for (const connection of connections) connection.closeSync();
  await expect.poll(() => recorder.openSpans()).toBe(0);
  bare.closeSync();
  instance.closeSync();
  assertTraceInvariants(recorder.spans(), { schemas: [sharedSchema, duckdbSchema] });
});

/** The paths of the files that this process has open. */
function openFiles(): (string | undefined)[] {
  return readdirSync('/proc/self/fd').map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      // The descriptor that listed the folder is closed.
      return undefined;
    }
  });
}

async function traced(options: TraceConnectionOptions = {}): Promise<DuckDBConnection> {
  const { tracerProvider } = recorder;
  const warn = (warning: RunWarning): void => void warnings.push(warning);
  const connection = traceConnection(await instance.connect(), {
    tracerProvider,
    warn,
    events: { instance },
    ...options,
  });
  connections.push(connection);
  return connection;
}

const ofKind = (kind: string): ReadableSpan[] =>
  recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === kind);
const bytesOf = (spans: readonly ReadableSpan[]): number =>
  spans.reduce((sum, { attributes }) => sum + Number(attributes['object_store.result.bytes'] ?? 0), 0);
/** Bytes of the storage spans under each query, in the order in which the queries ended. */
const bytesByQuery = (): number[] =>
  ofKind('query').map((query) =>
    bytesOf(ofKind('storage').filter((span) => span.spanContext().traceId === query.spanContext().traceId)),
  );
const codes = (): string[] => {
  recorder.spans();
  return warnings.map(({ code }) => code);
};
const total = 'SELECT sum(i), sum(x) FROM';
const airports = `SELECT count(*) FROM read_csv('${AIRPORTS}')`;

const LOGGING = `SELECT name, value FROM duckdb_settings() WHERE name LIKE 'log%' OR name LIKE '%log_types' OR name = 'enable_logging'`;
const logging = async (): Promise<unknown> => (await bare.runAndReadAll(LOGGING)).getRows();
const kept = async (): Promise<number> =>
  Number((await bare.runAndReadAll('SELECT count(*) FROM duckdb_logs')).getRows()[0]?.[0]);

describe('without consent', () => {
  it('no span has bytes, and the log is unchanged', async () => {
    const before = await logging();
    const { tracerProvider } = recorder;
    const connection = traceConnection(await instance.connect(), { tracerProvider });
    connections.push(connection);
    await connection.run(`${total} read_parquet('${parquet}')`);
    await expect.poll(logging).toEqual(before);
    await expect.poll(kept).toBe(0);
    expect(ofKind('operator').map(({ name }) => name)).toContain('READ_PARQUET');
    const keys = recorder.spans().flatMap(({ attributes }) => Object.keys(attributes));
    expect(keys.filter((key) => /bytes_read|bytes_written|read_requests|object_store/.test(key))).toEqual([]);
  });
});

describe('with the log of the instance', () => {
  it('each scan has its bytes and requests, which match those of the process', async () => {
    const connection = await traced();
    await connection.run('SELECT 1');
    recorder.clear();
    const before = await processReads();
    await connection.run(`${total} read_parquet('${parquet}')`);
    const read = (await processReads()) - before;
    const scan = ofKind('operator').find(({ name }) => name === 'READ_PARQUET') as ReadableSpan;
    const storage = ofKind('storage');
    expect(storage.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toContain(scan.spanContext().spanId);
    expect(scan.attributes['planscope.metrics.bytes_read']).toBe(bytesOf(storage));
    expect(scan.attributes['planscope.metrics.read_requests']).toBeGreaterThan(3);
    expect(bytesOf(storage)).toBeGreaterThan(ROWS * 8);
    expect(Math.abs(bytesOf(storage) / read - 1)).toBeLessThan(0.01);
    expect(codes()).toEqual([]);
  });

  it.each<[string, (connection: DuckDBConnection) => Promise<unknown>]>([
    ['run', (connection) => connection.run(airports)],
    ['run with values', (connection) => connection.run(`${airports} WHERE state <> $1`, ['x'])],
    ['stream', async (connection) => (await connection.stream(airports)).getRows()],
    ['start', async (connection) => (await connection.start(airports)).getResult()],
    ['prepare', async (connection) => (await connection.prepare(airports)).run()],
  ])('reads during the preparation of a statement are counted: %s', async (_, call) => {
    // No profile, because reading it counts for the process but not for the query.
    const connection = await traced({ profile: false });
    await connection.run('SELECT 1');
    recorder.clear();
    // The process sometimes reads other files as well, so take the minimum of several counts.
    const reads: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = await processReads();
      await call(connection);
      reads.push((await processReads()) - before);
    }
    const told = bytesByQuery();
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toBeGreaterThanOrEqual(AIRPORTS_BYTES);
    expect(Math.abs(Number(told[0]) / Math.min(...reads) - 1)).toBeLessThan(0.01);
  });

  it('each query has its own bytes, even with concurrent and untraced queries', async () => {
    const [first, second] = [await traced(), await traced()];
    await first.run(airports);
    await withQueryOptions({ skip: true }, () => first.run(`${total} read_parquet('${parquet}')`));
    await bare.prepare(`${total} read_parquet('${parquet}')`);
    await first.run(airports);
    await Promise.all([first.run(airports), second.run(airports), bare.run(`${total} read_parquet('${parquet}')`)]);
    await second.run('SELECT 1');
    expect(bytesByQuery()).toEqual([...Array(4).fill(AIRPORTS_BYTES), 0]);
    expect(codes()).toEqual([]);
  });

  it('a stream that is ended by the next query keeps the bytes it has read', async () => {
    const connection = await traced();
    const stream = await connection.stream(`SELECT i FROM '${parquet}'`);
    await stream.fetchChunk();
    await connection.run(airports);
    while (((await stream.fetchChunk())?.rowCount ?? 0) > 0);
    const [ofStream, ofAirports] = bytesByQuery();
    expect(ofAirports).toBe(AIRPORTS_BYTES);
    expect(ofStream).toBeGreaterThan(100_000);
  });

  it('concurrent queries on one connection have no bytes, because they could be mixed up', async () => {
    const connection = await traced({ profile: false });
    await Promise.all([connection.run(airports), connection.run(airports)]);
    expect(bytesByQuery()).toEqual([0, 0]);
    expect(codes()).toEqual(['io-log-ambiguous', 'io-log-ambiguous']);
    await connection.run(airports);
    expect(bytesByQuery()[2]).toBe(AIRPORTS_BYTES);
  });

  it('a query that fails or ends early has the bytes it has read', async () => {
    const connection = await traced();
    await expect(connection.run(`SELECT error(city) FROM read_csv('${AIRPORTS}')`)).rejects.toThrow();
    for await (const _ of await connection.stream(`SELECT i FROM '${parquet}'`)) break;
    await flush();
    const [failed, left] = bytesByQuery();
    expect(failed).toBe(AIRPORTS_BYTES);
    expect(left).toBeGreaterThan(100_000);
  });

  it('the last connection restores the settings on close and leaves no entries', async () => {
    await bare.run(`SET logging_level = 'WARNING'; SET disabled_log_types = 'Metrics'`);
    const before = await logging();
    const [first, second] = [await traced(), await traced()];
    await first.run(airports);
    await second.run(airports);
    first.closeSync();
    await second.run(airports);
    expect(await logging()).not.toEqual(before);
    second.closeSync();
    await expect.poll(logging).toEqual(before);
    await expect.poll(kept).toBe(0);
    const third = await traced();
    await third.run(airports);
    expect(bytesByQuery()).toEqual(Array(4).fill(AIRPORTS_BYTES));
  });

  it.each([
    ['through the traced connection', (connection: DuckDBConnection) => connection.closeSync()],
    ['directly', (_: DuckDBConnection, untraced: DuckDBConnection) => untraced.closeSync()],
  ])('holds no database that the program has closed %s', async (_, close) => {
    const path = join(await mkdtemp(join(folder, 'database-')), 'again.duckdb');
    // A second instance over a file that is still open loses rows of one of them, so that one round may pass by chance.
    for (let rows = 0; rows < 20; rows += 1) {
      const own = await DuckDBInstance.create(path);
      const untraced = await own.connect();
      const connection = traceConnection(untraced, {
        tracerProvider: recorder.tracerProvider,
        events: { instance: own },
      });
      await connection.run('CREATE TABLE IF NOT EXISTS t (i INTEGER)');
      const reader = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM t');
      expect(reader.getRows()).toEqual([[rows]]);
      await connection.run('INSERT INTO t VALUES (1)');
      close(connection, untraced);
      own.closeSync();
    }
  });

  // The driver alone holds the database as long.
  it.runIf(process.platform === 'linux')('holds a database no longer than the rows left of a stream', async () => {
    const path = join(await mkdtemp(join(folder, 'database-')), 'streamed.duckdb');
    const streamed = async (): Promise<void> => {
      const own = await DuckDBInstance.create(path);
      const connection = traceConnection(await own.connect(), {
        tracerProvider: recorder.tracerProvider,
        events: { instance: own },
      });
      await (await connection.stream('FROM range(100000)')).fetchChunk();
      connection.closeSync();
      own.closeSync();
    };
    await streamed();
    await expect
      .poll(() => {
        globalThis.gc?.();
        return openFiles();
      })
      .not.toContain(path);
  });

  it('an instance whose log is refused has no connection of ours', async () => {
    const path = join(await mkdtemp(join(folder, 'database-')), 'refused.duckdb');
    const own = await DuckDBInstance.create(path);
    const connection = traceConnection(await own.connect(), {
      tracerProvider: recorder.tracerProvider,
      events: { instance: own },
    });
    await connection.run("CALL enable_logging('QueryLog')");
    await connection.run('SELECT 1');
    connection.closeSync();
    own.closeSync();
    if (process.platform === 'linux') await expect.poll(openFiles).not.toContain(path);
  });

  it('what is lent has to be an instance', async () => {
    const lend = (events: object): unknown => traceConnection(bare, { events: { instance, ...events } });
    expect(() => lend({ instance: true })).toThrow('events.instance is boolean; it must be');
  });

  it('only kinds of events that exist can be asked for', async () => {
    const listen = (kinds: unknown): unknown => traceConnection(bare, { events: { instance, kinds: kinds as [] } });
    const known = 'reads, requests, row-groups, catalogue';
    expect(() => listen(['reads', 'writes'])).toThrow(`events.kinds has "writes"; use ${known}`);
    expect(() => listen('reads')).toThrow(`events.kinds must be a list of ${known}`);
    await expect(DuckDBSession.open({ events: ['toString'] as unknown as [] })).rejects.toThrow(
      'events has "toString"',
    );
  });

  it('a kind of events that cannot be logged any more raises a warning', async () => {
    const first = await traced({ events: { instance, kinds: ['reads'] } });
    await first.run('SELECT 1');
    await first.run('SET lock_configuration = true');
    const second = await traced({ events: { instance, kinds: ['row-groups', 'catalogue'] } });
    expect((await second.runAndReadAll('SELECT 2')).getRowsJson()).toEqual([[2]]);
    await flush();
    expect(warnings.map(({ code }) => code)).toContain('io-log-locked');
  });

  it('reads are logged only while a connection is attached, if requests are all that is asked for', async () => {
    const types = async () =>
      (await bare.runAndReadAll("SELECT current_setting('enabled_log_types')")).getRows()[0]?.[0];
    const [first, second] = await Promise.all([0, 1].map(() => instance.connect()));
    for (const own of [first, second] as DuckDBConnection[]) {
      connections.push(
        traceConnection(own, { tracerProvider: recorder.tracerProvider, events: { instance, kinds: ['requests'] } }),
      );
    }
    await Promise.all(connections.map((connection) => connection.run(`SELECT sum(i) FROM '${parquet}'`)));
    expect(await types()).toBe('HTTP');
    const third = traceConnection(await instance.connect(), {
      tracerProvider: recorder.tracerProvider,
      events: { instance },
    });
    connections.push(third);
    await third.run(`SELECT sum(i) FROM '${parquet}'`);
    await flush();
    expect(await types()).toMatch(/FileSystem/);
    await flush();
    const shown = recorder.spans().filter(({ attributes }) => attributes['planscope.metrics.bytes_read'] !== undefined);
    expect(shown.length).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
  });

  it('another instance than that of the connection raises a warning', async () => {
    const other = await DuckDBInstance.create();
    const connection = await traced({ events: { instance: other } });
    await connection.run(airports);
    await connection.run(airports);
    expect(codes()).toEqual(['io-log-other-instance']);
    expect(bytesByQuery()).toEqual([0, 0]);
  });
});

it('a query that is drawn while its missing events are checked keeps its operators', async () => {
  const connection = await traced();
  await connection.run(airports);
  await flush();
  recorder.clear();
  // The program takes the log over, so the reads are missing and Planscope checks why.
  await bare.run(`CALL enable_logging('QueryLog')`);
  await connection.run(airports);
  void flush();
  await new Promise(setImmediate);
  const operators = recorder.spans().filter(({ attributes }) => attributes['planscope.span.kind'] === 'operator');
  expect(operators.length).toBeGreaterThan(0);
});

describe('a program that uses the log', () => {
  it('keeps its log and its settings', async () => {
    await bare.run(`CALL enable_logging('QueryLog')`);
    await bare.run('SELECT 42');
    const before = await logging();
    const connection = await traced();
    await connection.run(airports);
    await connection.run(airports);
    connection.closeSync();
    expect(codes()).toEqual(['io-log-in-use']);
    expect(bytesByQuery()).toEqual([0, 0]);
    expect(await logging()).toEqual(before);
    expect(await kept()).toBeGreaterThan(3);
  });

  it('keeps its entries, even after it has disabled logging', async () => {
    await bare.run(`CALL enable_logging('QueryLog')`);
    await bare.run('SELECT 42');
    await bare.run('CALL disable_logging()');
    const before = await kept();
    await (await traced()).run(airports);
    expect(codes()).toEqual(['io-log-in-use']);
    expect(await kept()).toBe(before);
  });

  it.each([
    ['through the traced connection', true],
    ['through another connection', false],
  ])('can start at any time, %s', async (_, throughTraced) => {
    const connection = await traced();
    await connection.run(airports);
    await (throughTraced ? connection : bare).run(`CALL enable_logging('QueryLog')`);
    const before = await logging();
    await connection.run(airports);
    await flush();
    expect(bytesByQuery().at(-1)).toBe(0);
    expect(codes()).toEqual(['io-log-taken-over']);
    connection.closeSync();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await logging()).toEqual(before);
    expect(await kept()).toBeGreaterThan(1);
  });

  it.each(['run', 'prepare'] as const)('can start with its first statement, by %s', async (call) => {
    const connection = await traced();
    const sql = `CALL enable_logging('QueryLog')`;
    if (call === 'run') await connection.run(sql);
    else await connection.prepare(sql).then((statement) => statement.run());
    const before = await logging();
    await connection.run(airports);
    await flush();
    expect(codes()).toEqual(['io-log-in-use']);
    expect(await logging()).toEqual(before);
    expect(await kept()).toBeGreaterThan(1);
  });
});
