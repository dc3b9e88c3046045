import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AIRPORTS, FLIGHTS } from '../../test/flights.ts';
import { collect, flightsExec } from '../../test/flights-exec.ts';
import { taskContext } from '../../test/task-context.ts';
import { DuckDBError } from '../duckdb-error.ts';
import { DuckDBSession } from './duckdb-session.ts';
import type { DuckDBSessionOptions } from './session-options.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planscope-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const failure = (opening: Promise<unknown>): Promise<unknown> => opening.catch((error: unknown) => error);

describe('open', () => {
  it('applies DuckDB settings and returns the relevant ones', async () => {
    const session = await DuckDBSession.open({
      settings: { threads: 1, default_order: 'DESC' },
      externalFileCache: false,
    });
    expect(session.version).toMatch(/^v1\.5\./);
    expect(await session.settings()).toMatchObject({
      threads: '1',
      default_order: 'DESC',
      enable_external_file_cache: 'false',
      preserve_insertion_order: 'true',
    });
    await session.close();
  });

  it.each<[DuckDBSessionOptions, string, string]>([
    [
      { settings: { enable_profiling: 'json' } },
      'invalid-option',
      'settings.enable_profiling is set by the session itself',
    ],
    [{ settings: { Logging_Level: 'info' } }, 'invalid-option', 'settings.Logging_Level'],
    [{ settings: { no_such_setting: 1 } }, 'open-failed', 'no_such_setting'],
    [{ path: '/no/such/folder/x.duckdb' }, 'open-failed', '/no/such/folder/x.duckdb'],
  ])('refuses %j', async (options, code, message) => {
    const error = await failure(DuckDBSession.open(options));
    expect(DuckDBError.isInstance(error) && error.code).toBe(code);
    expect(String(error)).toContain(message);
  });

  it('allows only one session for a file at a time', async () => {
    const path = join(folder, 'one.duckdb');
    const first = await DuckDBSession.open({ path });
    expect(await failure(DuckDBSession.open({ path: join(folder, '.', 'one.duckdb') }))).toMatchObject({
      code: 'database-in-use',
    });
    await first.close();
    const second = await DuckDBSession.open({ path });
    await second.close();
  });

  it('releases the file if it cannot be opened', async () => {
    const path = join(folder, 'two.duckdb');
    expect(await failure(DuckDBSession.open({ path, settings: { no_such_setting: 1 } }))).toMatchObject({
      code: 'open-failed',
    });
    await (await DuckDBSession.open({ path })).close();
  });
});

describe('close', () => {
  it('can be called twice, leaves no file and makes the session unusable', async () => {
    const session = await DuckDBSession.open({ temporaryFolder: folder });
    await Promise.all([session.close(), session.close()]);
    expect((await readdir(folder)).filter((name) => name.startsWith('planscope-'))).toEqual([]);
    expect(await failure(session.describe({ sql: 'SELECT 1' }))).toMatchObject({ code: 'session-closed' });
    expect(await failure(session.tableReferences('SELECT 1'))).toMatchObject({ code: 'session-closed' });
    expect(await failure(session.settings())).toMatchObject({ code: 'session-closed' });
  });

  it('stops running queries with an error', async () => {
    const session = await DuckDBSession.open();
    const node = await flightsExec(session, 'SELECT sum(a.delay * b.delay) AS s FROM flights a, flights b');
    const execution = node.execute(0, taskContext());
    const ended = failure(collect(execution));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await session.close();
    expect(await ended).toMatchObject({ code: 'session-closed' });
    expect(await execution.outcome).toMatchObject({ status: 'error', error: { code: 'session-closed' } });
  });
});

describe('describe', () => {
  const inputs = [
    { name: 'flights', format: 'parquet', paths: [FLIGHTS] },
    { name: 'airports', format: 'csv', paths: [AIRPORTS] },
  ] as const;
  let session: DuckDBSession;
  beforeAll(async () => {
    session = await DuckDBSession.open({ events: ['reads', 'requests'] });
  });
  afterAll(() => session.close());

  it('returns the columns of files, which can be bound in place of the files', async () => {
    const { columns } = await session.describe({ sql: 'FROM flights', inputs });
    expect(columns).toEqual([
      { name: 'date', type: 'TIMESTAMP' },
      { name: 'delay', type: 'BIGINT' },
      { name: 'distance', type: 'BIGINT' },
      { name: 'origin', type: 'VARCHAR' },
      { name: 'destination', type: 'VARCHAR' },
    ]);
    const sql = 'SELECT origin, sum(delay) AS delay, origin FROM flights GROUP BY origin';
    const [fromFiles, fromColumns] = await Promise.all([
      session.describe({ sql, inputs }),
      session.describe({ sql, inputs: [{ name: 'flights', columns }] }),
    ]);
    expect(String(fromColumns.schema)).toBe(String(fromFiles.schema));
    expect(fromFiles.schema.names).toEqual(['origin', 'delay', 'origin:1']);
  });

  it('passes on the errors of DuckDB for unknown names', async () => {
    expect(String(await failure(session.describe({ sql: 'FROM flight', inputs })))).toMatch(
      /^Error: Catalog Error: Table with name flight does not exist/,
    );
  });

  it.each([
    ['CREATE TABLE x(a INTEGER)', 'expected a SELECT, found a CREATE statement'],
    ['SELECT 1; SELECT 2', 'expected one SELECT, found 2 statements'],
  ])('refuses %s', async (sql, message) => {
    const error = await failure(session.describe({ sql }));
    expect(DuckDBError.isInstance(error) && error.code).toBe('unsupported-statement');
    expect(String(error)).toContain(message);
  });
});

describe('connections', () => {
  const random = async (session: DuckDBSession, sql: string): Promise<unknown> => {
    const { batches } = await collect(
      (await flightsExec(session, sql, { inputs: [], children: [] })).execute(0, taskContext()),
    );
    return batches[0]?.getChildAt(0)?.get(0);
  };

  it('do not keep the random seed of a query for the next query', async () => {
    const seen = new Set<unknown>();
    for (let round = 0; round < 2; round++) {
      const session = await DuckDBSession.open();
      await random(session, 'SELECT random() AS r FROM (SELECT setseed(0.25) AS s) WHERE s IS NULL');
      seen.add(await random(session, 'SELECT random() AS r'));
      await session.close();
    }
    expect(seen.size).toBe(2);
  });
});
