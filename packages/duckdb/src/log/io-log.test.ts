import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AIRPORTS } from '../../test/flights.ts';
import { IoLog } from './io-log.ts';

const AIRPORTS_BYTES = 210_365;

let instance: DuckDBInstance;
let admin: DuckDBConnection;
let folder: string;
beforeEach(async () => {
  instance = await DuckDBInstance.create(':memory:', { enable_external_file_cache: 'false' });
  admin = await instance.connect();
  folder = await mkdtemp(join(tmpdir(), 'planscope-test-'));
});
afterEach(async () => {
  admin.disconnectSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

const read = async (times = 1): Promise<DuckDBConnection> => {
  const connection = await instance.connect();
  for (let time = 0; time < times; time++) await connection.run(`SELECT count(*) FROM read_csv('${AIRPORTS}')`);
  return connection;
};
const idOf = (connection: DuckDBConnection): number => connection.clientContext.connectionId;
const entries = async (): Promise<number> =>
  Number((await admin.runAndReadAll('SELECT count(*) FROM duckdb_logs')).getRows()[0]?.[0]);

describe('IoLog', () => {
  it('groups by file and direction, and leaves the excepted file out', async () => {
    const log = await IoLog.open(await instance.connect(), 1000);
    await log.begin();
    const connection = await read(2);
    const [written, excepted] = [join(folder, 'written.csv'), join(folder, 'excepted.csv')];
    await connection.run(`COPY (SELECT 1 AS a) TO '${written}'`);
    await connection.run(`COPY (SELECT 1 AS a) TO '${excepted}'`);
    const activity = await log.take(idOf(connection), excepted);
    expect(activity?.map(({ path, operation, bytes }) => [path, operation, bytes])).toEqual([
      [AIRPORTS, 'read', BigInt(2 * AIRPORTS_BYTES)],
      [written, 'write', 4n],
    ]);
    for (const { window } of activity ?? []) expect(BigInt(window.start)).toBeLessThanOrEqual(BigInt(window.end));
    await log.close();
  });

  it('is emptied only when nobody is left who reads from it', async () => {
    const log = await IoLog.open(await instance.connect(), 40);
    await Promise.all([log.begin(), log.begin()]);
    const [first, second] = [await read(6), await read(4)];
    expect((await log.take(idOf(first), undefined))?.[0]?.bytes).toBe(BigInt(6 * AIRPORTS_BYTES));
    expect(await entries()).toBeGreaterThan(0);
    expect((await log.take(idOf(second), undefined))?.[0]?.bytes).toBe(BigInt(4 * AIRPORTS_BYTES));
    expect(await entries()).toBe(0);
    await log.close();
  });

  it('tells nothing rather than a part past its limit, stays bounded, and recovers', async () => {
    const log = await IoLog.open(await instance.connect(), 10);
    await Promise.all([log.begin(), log.begin()]);
    const [first, second] = [await read(8), await read(1)];
    expect(await log.take(idOf(first), undefined)).toBeUndefined();
    expect(await entries()).toBe(0);
    await second.run(`SELECT count(*) FROM read_csv('${AIRPORTS}')`);
    expect(await entries()).toBe(0);
    expect(await log.take(idOf(second), undefined)).toBeUndefined();
    await log.begin();
    const third = await read(1);
    expect((await log.take(idOf(third), undefined))?.[0]?.bytes).toBe(BigInt(AIRPORTS_BYTES));
    await log.close();
  });

  it('looks at its limit while a query still runs', async () => {
    const log = await IoLog.open(await instance.connect(), 10);
    await log.begin();
    const connection = await read(8);
    await expect.poll(entries, { timeout: 3000 }).toBe(0);
    expect(await log.take(idOf(connection), undefined)).toBeUndefined();
    await log.close();
  });

  it('keeps the entries of a query that begins while it is being emptied', async () => {
    const log = await IoLog.open(await instance.connect(), 20);
    for (let round = 0; round < 10; round++) {
      await log.begin();
      const first = await read(4);
      const [, activity] = await Promise.all([
        log.take(idOf(first), undefined),
        (async () => {
          await log.begin();
          const second = await read(1);
          return log.take(idOf(second), undefined);
        })(),
      ]);
      expect(activity?.[0]?.bytes).toBe(BigInt(AIRPORTS_BYTES));
    }
    await log.close();
  });

  it('tells who prepared, where DuckDB does not, also after a failure', async () => {
    const log = await IoLog.open(await instance.connect(), 1000);
    await log.begin();
    const connection = await instance.connect();
    const bytes: bigint[] = [];
    const prepare = (sql: string): Promise<void> =>
      log.preparing(
        async () => (await connection.prepare(sql)).destroySync(),
        (activity) => bytes.push(activity.reduce((sum, entry) => sum + entry.bytes, 0n)),
      );
    const query = `SELECT count(*) FROM read_csv('${AIRPORTS}')`;
    const failing = prepare(`${query} WHERE no_such_column`).catch((error: Error) => error.message);
    await Promise.all([prepare(query), failing, prepare(`${query} UNION ALL ${query}`), prepare('SELECT 1')]);
    expect(await failing).toContain('no_such_column');
    expect(bytes).toEqual([1, 1, 2, 0].map((times) => BigInt(times * AIRPORTS_BYTES)));
    expect(await log.take(idOf(connection), undefined)).toEqual([]);
    await log.close();
  });

  it('forgets what was announced and not wanted', async () => {
    const log = await IoLog.open(await instance.connect(), 10);
    await log.begin();
    await read(2);
    await log.discard();
    expect(await entries()).toBe(0);
    await log.close();
  });
});
