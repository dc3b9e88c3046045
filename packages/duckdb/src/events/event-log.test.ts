import { statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AIRPORTS } from '../../test/flights.ts';
import type { ConnectionEvents } from './connection-events.ts';
import { createPreparer } from './connection-events.ts';
import { EventLog } from './event-log.ts';

const AIRPORTS_BYTES = 210_365n;
const READ = `SELECT count(*) FROM read_csv('${AIRPORTS}')`;

let instance: DuckDBInstance;
let log: EventLog;
beforeEach(async () => {
  instance = await DuckDBInstance.create(':memory:', { enable_external_file_cache: 'false' });
  log = (await EventLog.open(instance)) as EventLog;
});
afterEach(async () => {
  await log.close();
  instance.closeSync();
});

async function attached(): Promise<{ connection: DuckDBConnection; events: ConnectionEvents }> {
  const connection = await instance.connect();
  const events = (await log.attach(connection, ['reads'])) as ConnectionEvents;
  return { connection, events };
}
/** Bytes of each query since the last call. */
const bytes = (events: ConnectionEvents): bigint[] => {
  log.read();
  log.parse();
  return events.take().map((tally) => tally.list().reduce((sum, entry) => sum + entry.bytes, 0n));
};

describe('the log of an instance', () => {
  it('has the events of each query of a connection', async () => {
    const [one, other] = [await attached(), await attached()];
    const bare = await instance.connect();
    await Promise.all([one.connection.run(READ), other.connection.run(READ), bare.run(READ)]);
    await one.connection.run(`${READ} UNION ALL ${READ}`);
    expect(bytes(one.events)).toEqual([AIRPORTS_BYTES, 2n * AIRPORTS_BYTES]);
    expect(bytes(other.events)).toEqual([AIRPORTS_BYTES]);
    expect(bytes(one.events)).toEqual([]);
  });

  it('assigns reads to the right preparation, even if several run concurrently', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, attached));
    const start = BigInt(Date.now()) * 1_000_000n;
    const preparers = all.map(({ events }) => {
      const preparer = createPreparer(start);
      events.claim(preparer);
      return preparer;
    });
    await Promise.all(
      all.map(({ connection }, index) =>
        connection.prepare(
          Array(index + 1)
            .fill(READ)
            .join(' UNION ALL '),
        ),
      ),
    );
    await all[0]?.connection.run('SELECT 1');
    log.read();
    log.parse();
    const found = preparers.map(({ activity }) => activity.list().reduce((sum, entry) => sum + entry.bytes, 0n));
    expect(found).toEqual(all.map((_, index) => BigInt(index + 1) * AIRPORTS_BYTES));
  });

  it('passes an interrupt on and can attach the connection afterwards', async () => {
    const connection = await instance.connect();
    const prepare = vi.spyOn(Object.getPrototypeOf(connection), 'prepare');
    prepare.mockRejectedValueOnce(new Error('INTERRUPT Error: Interrupted!'));
    await expect(log.attach(connection, ['reads'])).rejects.toThrow('INTERRUPT');
    expect(await log.attach(connection, ['reads'])).toBeDefined();
    prepare.mockRestore();
  });

  it('is parsed to its end even if a waiting call throws', async () => {
    const { connection } = await attached();
    await connection.run(READ);
    log.read();
    const called: string[] = [];
    log.afterwards(() => {
      throw new Error('fails');
    });
    log.afterwards(() => called.push('next'));
    log.parse();
    expect(called).toEqual(['next']);
    expect(log.problem).toBe('unreadable');
  });

  it('is never read by SQL', async () => {
    const run = vi.spyOn(Object.getPrototypeOf(await instance.connect()), 'run');
    const { connection, events } = await attached();
    await connection.run(READ);
    expect(bytes(events)).toEqual([AIRPORTS_BYTES]);
    await log.check();
    await log.flush();
    expect(run.mock.calls.map(([sql]) => String(sql)).filter((sql) => sql.includes('duckdb_logs'))).toEqual([]);
    run.mockRestore();
  });

  it('loses nothing when it continues in another file', async () => {
    const { connection, events } = await attached();
    const use = log.begin();
    let running = true;
    let queries = 0;
    const reading = (async () => {
      while (running) {
        await connection.run(READ);
        queries += 1;
      }
    })();
    for (let round = 0; round < 6; round++) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      await log.rotate();
    }
    running = false;
    await reading;
    const found = bytes(events);
    expect(found.length).toBe(queries);
    expect(new Set(found)).toEqual(new Set([AIRPORTS_BYTES]));
    log.end(use);
  });

  it('does not grow with the queries of other connections while nothing is measured', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'planscope-log-'));
    const other = await DuckDBInstance.create();
    const lent = (await EventLog.open(other, { folder, anonymous: false, kinds: ['row-groups'] })) as EventLog;
    try {
      const held = async (): Promise<number> => {
        const sizes = (await readdir(folder, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile() && entry.name.endsWith('.csv'))
          .map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
        return sizes.reduce((sum, bytes) => sum + bytes, 0);
      };
      const reserved = await held();
      const bare = await other.connect();
      const groups = join(folder, 'groups.parquet');
      await bare.run(`COPY (FROM range(2_000_000)) TO '${groups}' (ROW_GROUP_SIZE 2048)`);
      await bare.run(`SELECT sum(range) FROM '${groups}'`);
      await lent.flush();
      await expect.poll(held).toBeLessThan(reserved + 64 * 1024);
      expect(lent.problem).toBeUndefined();
      // What is measured afterwards is whole.
      const traced = await other.connect();
      const events = (await lent.attach(traced, ['row-groups'])) as ConnectionEvents;
      const use = lent.begin();
      await traced.run(`SELECT sum(range) FROM '${groups}'`);
      lent.read();
      lent.parse();
      const found = events.take().flatMap((tally) => [...tally.rowGroupsOf.values()]);
      expect(found.map(({ read }) => read)).toEqual([977]);
      lent.end(use);
    } finally {
      await lent.close();
      other.closeSync();
      await rm(folder, { recursive: true });
    }
  });

  it('is refused if the program uses it, and its settings are restored', async () => {
    const other = await DuckDBInstance.create();
    const bare = await other.connect();
    await bare.run(`CALL enable_logging('QueryLog')`);
    expect(await EventLog.open(other)).toBe('in-use');
    const settings = `SELECT name, value FROM duckdb_settings() WHERE name LIKE '%logging%' OR name LIKE '%log_types' ORDER BY name`;
    const own = await DuckDBInstance.create();
    const asking = await own.connect();
    const before = (await asking.runAndReadAll(settings)).getRows();
    const lent = (await EventLog.open(own)) as EventLog;
    expect((await asking.runAndReadAll(settings)).getRows()).not.toEqual(before);
    await lent.close();
    expect((await asking.runAndReadAll(settings)).getRows()).toEqual(before);
    for (const made of [other, own]) made.closeSync();
  });

  it('of another instance has no events of a connection', async () => {
    const other = await DuckDBInstance.create();
    expect(await log.attach(await other.connect(), ['reads'])).toBeUndefined();
    other.closeSync();
  });
});
