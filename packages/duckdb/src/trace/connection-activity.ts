import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { RunWarning } from '@planscope/plan';
import { DuckDBError } from '../duckdb-error.ts';
import { logsAsWeDo } from '../log/borrowed-log-settings.ts';
import type { FileActivity } from '../log/file-activity.ts';
import type { IoLog } from '../log/io-log.ts';
import { borrowInstanceLog, type InstanceLog } from './instance-log.ts';
import { QueryActivity } from './query-activity.ts';
import type { InstanceLogConsent } from './trace-options.ts';
import { otherInstanceIo, takenOverIo, unreadableIo, usedIo } from './trace-warnings.ts';

const DEFAULT_MAX_LOGGED_EVENTS = 500_000;

/** What was read while a statement was prepared, beside what came of it. */
export interface Prepared<T> {
  readonly value: T;
  readonly activity: readonly FileActivity[];
}

/** Finds out what the queries of one traced connection read and write, from the log of the instance. */
export class ConnectionActivity {
  readonly #connection: DuckDBConnection;
  readonly #connectionId: number;
  readonly #shared: InstanceLog;
  readonly #open = new Set<QueryActivity>();
  #isChecked = false;
  #isTold = false;

  /**
   * @param consent names the instance that the connection belongs to
   * @throws DuckDBError `invalid-option`
   */
  constructor(connection: DuckDBConnection, consent: InstanceLogConsent) {
    const { instance, maxLoggedEvents = DEFAULT_MAX_LOGGED_EVENTS } = consent;
    if (!Number.isSafeInteger(maxLoggedEvents) || maxLoggedEvents < 1) {
      const text = `traceIo.maxLoggedEvents is ${maxLoggedEvents}; it must be a whole number from 1 up`;
      throw new DuckDBError('invalid-option', text);
    }
    if (!(instance instanceof DuckDBInstance)) {
      throw new DuckDBError('invalid-option', `traceIo.instance is ${typeof instance}; it must be a DuckDBInstance`);
    }
    this.#connection = connection;
    this.#connectionId = connection.clientContext.connectionId;
    this.#shared = borrowInstanceLog(instance, maxLoggedEvents);
    // Looked at when a query begins.
    this.#shared.log.catch(() => {});
  }

  /**
   * To be waited for before a query runs. Never rejects.
   *
   * @param except the file its profile is written to
   */
  async begin(except: string | undefined, ofPreparing: readonly FileActivity[] = []): Promise<QueryActivity> {
    const query = new QueryActivity(ofPreparing);
    const others = [...this.#open];
    for (const other of others.filter(({ isIdle }) => !isIdle)) {
      other.isAmbiguous = true;
      query.isAmbiguous = true;
    }
    this.#open.add(query);
    try {
      await Promise.all(others.filter(({ isIdle }) => isIdle).map((other) => other.take()));
      const log = await this.#find();
      if ('code' in log) {
        query.absent(this.#tellOnce(log));
        return query;
      }
      await log.begin();
      const since = await log.mark().catch(async (error: unknown) => {
        await log.discard();
        throw error;
      });
      query.logged({
        log,
        connectionId: this.#connectionId,
        since,
        except,
        tellOnce: (warning) => this.#tellOnce(warning),
      });
    } catch {
      query.absent(unreadableIo);
    }
    return query;
  }

  /** Prepares a statement for any number of queries to come. */
  async preparing<T>(prepare: () => Promise<T>): Promise<Prepared<T>> {
    const log = await this.#find().catch(() => unreadableIo);
    if ('code' in log) return { value: await prepare(), activity: [] };
    let activity: readonly FileActivity[] = [];
    await log.begin();
    try {
      const value = await log.preparing(prepare, (found) => {
        activity = found;
      });
      return { value, activity };
    } finally {
      await log.discard();
    }
  }

  /** The query is over, and has been asked for what it did. */
  ended(query: QueryActivity): void {
    this.#open.delete(query);
  }

  /** Has the log given back, once nobody else uses it. */
  close(): void {
    this.#shared.release();
  }

  #tellOnce(warning: RunWarning): RunWarning | undefined {
    if (this.#isTold) return undefined;
    this.#isTold = true;
    return warning;
  }

  /** The log, or why this connection has none. */
  async #find(): Promise<IoLog | RunWarning> {
    const log = await this.#shared.log;
    if (log === undefined) return usedIo;
    if (log.isTakenOver) return takenOverIo;
    if (!this.#isChecked && !(await logsAsWeDo(this.#connection))) return otherInstanceIo;
    this.#isChecked = true;
    return log;
  }
}
