import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { BorrowedLogSettings } from './borrowed-log-settings.ts';
import type { FileActivity } from './file-activity.ts';

const ENABLE = `CALL enable_logging(['FileSystem'], level = 'trace')`;
const CHECK_INTERVAL_MS = 1000;

/** How many events are left behind before an idle log is emptied; emptying takes about a millisecond. */
const RETAINED_EVENTS = 10_000;

const EVENTS = `
  SELECT timestamp AS seen, connection_id, query_id, parse_duckdb_log_message('FileSystem', message) AS event
  FROM duckdb_logs WHERE type = 'FileSystem'`;

const GROUPED = `
  SELECT event.path, event.op, count(*), sum(event.bytes::HUGEINT), epoch_us(min(seen)), epoch_us(max(seen))
  FROM mine WHERE event.op IN ('READ', 'WRITE') AND event.path IS DISTINCT FROM $2
  GROUP BY ALL ORDER BY 5, 1, 2`;

const BY_CONNECTION = `WITH mine AS (FROM (${EVENTS}) WHERE connection_id = $1 AND query_id > $3) ${GROUPED}`;

/** Preparing a statement happens outside of any query, and what it reads is logged as nobody's. */
const NOBODYS = `WITH mine AS (FROM (${EVENTS}) WHERE query_id IS NULL AND epoch_us(seen) > $1) ${GROUPED}`;

/**
 * DuckDB's log of reads and writes, which is one for the whole instance. Entries are told apart by connection, and
 * erased only while no query runs, so that none loses its own. Past a limit the log is closed until then, and queries
 * that ran meanwhile have no counts: a part would pass for the whole.
 */
export class IoLog {
  readonly #connection: DuckDBConnection;
  readonly #limit: number;
  readonly #borrowed: BorrowedLogSettings | undefined;
  #isTakenOver = false;
  #active = 0;
  #overflowed = false;
  /** How many events there were when last counted; undefined where that says nothing any more. */
  #counted: number | undefined;
  #preparing: Promise<unknown> = Promise.resolve();
  /** Microsecond of the last event that was nobody's and has been given to whoever prepared then. */
  #nobodysUntil = 0n;
  #timer: NodeJS.Timeout | undefined;
  // One connection runs one statement at a time; queries that begin wait for maintenance under way.
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(connection: DuckDBConnection, limit: number, borrowed?: BorrowedLogSettings) {
    this.#connection = connection;
    this.#limit = limit;
    this.#borrowed = borrowed;
  }

  /**
   * @param connection used for the log alone
   * @param limit most events held at a time
   */
  static async open(connection: DuckDBConnection, limit: number): Promise<IoLog> {
    await connection.run(ENABLE);
    return new IoLog(connection, limit);
  }

  /**
   * As `open`, on an instance that belongs to a program. Should the program take to logging meanwhile, the log is left to
   * it from then on.
   *
   * @returns undefined where the program uses the log already
   */
  static async borrow(connection: DuckDBConnection, limit: number): Promise<IoLog | undefined> {
    const borrowed = await BorrowedLogSettings.take(connection);
    if (borrowed === undefined) return undefined;
    await connection.run(ENABLE);
    return new IoLog(connection, limit, borrowed);
  }

  /** Whether the program has changed how the instance logs since we borrowed it. */
  get isTakenOver(): boolean {
    return this.#isTakenOver;
  }

  /** Announces a query; its entries are kept until `take`. */
  async begin(): Promise<void> {
    this.#active += 1;
    if (this.#active === 1) this.#timer = setInterval(() => this.#check(), CHECK_INTERVAL_MS).unref();
    await this.#queue;
  }

  /** A mark between the queries of the instance that have begun and those to come. */
  mark(): Promise<bigint> {
    return this.#enqueue(async () => {
      const reader = await this.#connection.runAndReadAll('SELECT current_query_id()');
      return BigInt(String(reader.getRows()[0]?.[0]));
    });
  }

  /**
   * What the connection of an announced query read and wrote, and the end of the announcement.
   *
   * @param except a file that does not count: the profile, which DuckDB writes for us
   * @param since leaves out the queries of the connection before this mark; default none
   * @returns undefined when the log overflowed meanwhile, or was taken over
   */
  async take(connectionId: number, except: string | undefined, since = -1n): Promise<FileActivity[] | undefined> {
    try {
      return await this.#enqueue(async () => {
        await this.#guard();
        if (this.#overflowed || this.#isTakenOver) return undefined;
        return await this.#grouped(BY_CONNECTION, [BigInt(connectionId), except ?? null, since]);
      });
    } finally {
      await this.#end();
    }
  }

  /**
   * Prepares a statement and finds what that read. One at a time, as the log does not say who prepares.
   *
   * @param found is told what was read, also when preparing fails
   */
  preparing<T>(prepare: () => Promise<T>, found: (activity: FileActivity[]) => void): Promise<T> {
    const prepared = this.#preparing.then(async () => {
      // On an instance of a program, others prepare too; what they have read so far is not of this.
      if (this.#borrowed !== undefined) await this.#enqueue(() => this.#takeNobodys()).catch(() => {});
      try {
        return await prepare();
      } finally {
        // A log that cannot be read is no reason to fail here, and is told of when the query's own entries are taken.
        found(await this.#enqueue(() => this.#takeNobodys()).catch(() => []));
      }
    });
    this.#preparing = prepared.catch(() => {});
    return prepared;
  }

  /** Ends an announcement whose entries nobody wants. */
  discard(): Promise<void> {
    this.#counted = undefined;
    return this.#end();
  }

  /** Waits for what is under way, gives a borrowed log back as it was, and the connection up. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#preparing;
    await this.#enqueue(() => this.#giveBack()).catch(() => {});
    this.#connection.disconnectSync();
  }

  async #end(): Promise<void> {
    this.#active -= 1;
    if (this.#active > 0) return;
    clearInterval(this.#timer);
    // A log that could not be emptied grows on to its limit, where it is closed.
    await this.#enqueue(() => this.#reclaim()).catch(() => {});
  }

  #check(): void {
    // What keeps the log from being looked at keeps it from being read, which is told there.
    this.#enqueue(() => this.#guard()).catch(() => {});
  }

  async #takeNobodys(): Promise<FileActivity[]> {
    const activity = await this.#grouped(NOBODYS, [this.#nobodysUntil, null]);
    for (const { window } of activity) {
      const last = BigInt(window.end) / 1000n;
      if (last > this.#nobodysUntil) this.#nobodysUntil = last;
    }
    return activity;
  }

  async #grouped(query: string, values: DuckDBValue[]): Promise<FileActivity[]> {
    const reader = await this.#connection.runAndReadAll(query, values);
    return reader.getRows().map(([path, operation, requests, bytes, first, last]) => ({
      path: String(path),
      operation: operation === 'READ' ? 'read' : 'write',
      requests: Number(requests),
      bytes: BigInt(String(bytes)),
      window: { start: `${String(first)}000`, end: `${String(last)}000` },
    }));
  }

  async #guard(): Promise<void> {
    if (!(await this.#isOurs()) || this.#overflowed) return;
    this.#counted = await this.#count();
    if (this.#counted <= this.#limit) return;
    this.#overflowed = true;
    await this.#connection.run('CALL disable_logging()');
    await this.#connection.run('CALL truncate_duckdb_logs()');
  }

  async #reclaim(): Promise<void> {
    // Another query may have begun while this waited its turn.
    if (this.#active > 0) return;
    this.#counted ??= await this.#count();
    const isFull = this.#counted > Math.min(RETAINED_EVENTS, this.#limit / 2);
    if (!(isFull || this.#overflowed) || !(await this.#isOurs())) return;
    await this.#connection.run(this.#overflowed ? ENABLE : 'CALL truncate_duckdb_logs()');
    this.#overflowed = false;
    this.#counted = 0;
  }

  async #giveBack(): Promise<void> {
    if (this.#borrowed === undefined || !(await this.#isOurs())) return;
    await this.#borrowed.putBack();
    await this.#connection.run('CALL truncate_duckdb_logs()');
  }

  /** A log that the program has taken over stays its own, even if it should look like ours again. */
  async #isOurs(): Promise<boolean> {
    if (this.#borrowed !== undefined && !this.#isTakenOver) {
      this.#isTakenOver = !(await this.#borrowed.areOurs(!this.#overflowed));
    }
    return !this.#isTakenOver;
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
