import type { DuckDBConnection } from '@duckdb/node-api';
import type { FileActivity } from './file-activity.ts';

const ENABLE = `CALL enable_logging(['FileSystem'], level = 'trace')`;
const CHECK_INTERVAL_MS = 1000;

/** How many events are left behind before an idle log is emptied; emptying takes about a millisecond. */
const RETAINED_EVENTS = 10_000;

const ACTIVITY = `
  SELECT event.path, event.op, count(*), sum(event.bytes::HUGEINT), epoch_us(min(seen)), epoch_us(max(seen))
  FROM (SELECT timestamp AS seen, parse_duckdb_log_message('FileSystem', message) AS event
        FROM duckdb_logs WHERE type = 'FileSystem' AND connection_id = $1)
  WHERE event.op IN ('READ', 'WRITE')
  GROUP BY ALL ORDER BY 5, 1, 2`;

/**
 * DuckDB's log of reads and writes, which is one for the whole instance. Entries are told apart by connection, and
 * erased only while no query runs, so that none loses its own. Past a limit the log is closed until then, and queries
 * that ran meanwhile have no counts: a part would pass for the whole.
 */
export class IoLog {
  readonly #connection: DuckDBConnection;
  readonly #limit: number;
  #active = 0;
  #overflowed = false;
  #timer: NodeJS.Timeout | undefined;
  // One connection runs one statement at a time; queries that begin wait for maintenance under way.
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(connection: DuckDBConnection, limit: number) {
    this.#connection = connection;
    this.#limit = limit;
  }

  /**
   * @param connection used for the log alone
   * @param limit most events held at a time
   */
  static async open(connection: DuckDBConnection, limit: number): Promise<IoLog> {
    await connection.run(ENABLE);
    return new IoLog(connection, limit);
  }

  /** Announces a query; its entries are kept until `take`. */
  async begin(): Promise<void> {
    this.#active += 1;
    if (this.#active === 1)
      this.#timer = setInterval(() => void this.#enqueue(() => this.#guard()), CHECK_INTERVAL_MS).unref();
    await this.#queue;
  }

  /**
   * What the connection of an announced query read and wrote, and the end of the announcement.
   *
   * @returns undefined when the log overflowed meanwhile
   */
  async take(connectionId: number): Promise<FileActivity[] | undefined> {
    try {
      return await this.#enqueue(async () => {
        await this.#guard();
        return this.#overflowed ? undefined : await this.#read(connectionId);
      });
    } finally {
      await this.#end();
    }
  }

  /** Ends an announcement whose entries nobody wants. */
  discard(): Promise<void> {
    return this.#end();
  }

  /** Waits for what is under way and gives the connection up. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#queue;
    this.#connection.disconnectSync();
  }

  async #end(): Promise<void> {
    this.#active -= 1;
    if (this.#active > 0) return;
    clearInterval(this.#timer);
    await this.#enqueue(() => this.#reclaim());
  }

  async #read(connectionId: number): Promise<FileActivity[]> {
    const reader = await this.#connection.runAndReadAll(ACTIVITY, [BigInt(connectionId)]);
    return reader.getRows().map(([path, operation, requests, bytes, first, last]) => ({
      path: String(path),
      operation: operation === 'READ' ? 'read' : 'write',
      requests: Number(requests),
      bytes: BigInt(String(bytes)),
      window: { start: `${String(first)}000`, end: `${String(last)}000` },
    }));
  }

  async #guard(): Promise<void> {
    if (this.#overflowed || (await this.#count()) <= this.#limit) return;
    this.#overflowed = true;
    await this.#connection.run('CALL disable_logging()');
    await this.#connection.run('CALL truncate_duckdb_logs()');
  }

  async #reclaim(): Promise<void> {
    // Another query may have begun while this waited its turn.
    if (this.#active > 0) return;
    if (this.#overflowed) {
      this.#overflowed = false;
      await this.#connection.run(ENABLE);
    } else if ((await this.#count()) > Math.min(RETAINED_EVENTS, this.#limit / 2)) {
      await this.#connection.run('CALL truncate_duckdb_logs()');
    }
  }

  async #count(): Promise<number> {
    const reader = await this.#connection.runAndReadAll('SELECT count(*) FROM duckdb_logs');
    return Number(reader.getRows()[0]?.[0]);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}
