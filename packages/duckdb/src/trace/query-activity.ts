import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { RunWarning } from '@planscope/plan';
import { type FileActivity, mergeActivity } from '../log/file-activity.ts';
import type { IoLog } from '../log/io-log.ts';
import { ambiguousIo, overflowedIo, takenOverIo, unreadableIo } from './trace-warnings.ts';

/** What a query read and wrote; nothing where that is not certain, and a warning says why. */
export interface FoundActivity {
  readonly activity?: readonly FileActivity[];
  readonly warnings: readonly RunWarning[];
}

/** Where one query is found in the log. */
interface LoggedQuery {
  readonly log: IoLog;
  readonly connectionId: number;
  /** The connection's earlier queries come before it. */
  readonly since: bigint;
  /** The file its profile is written to, which is ours. */
  readonly except: string | undefined;
  /** Gives a warning back where nobody has been told yet that the log is not to be had any more. */
  readonly tellOnce: (warning: RunWarning) => RunWarning | undefined;
}

/** Finds out what one query of a traced connection reads and writes. */
export class QueryActivity {
  /** Another query ran on the connection at the same time. */
  isAmbiguous = false;
  /** Rows may still be fetched, but DuckDB drops them as soon as something else runs on the connection. */
  isIdle = false;
  #logged: LoggedQuery | undefined;
  #reason: RunWarning | undefined;
  #ofPreparing: readonly FileActivity[];
  #found: Promise<FoundActivity> | undefined;

  /** @param ofPreparing what preparing its statement has read already */
  constructor(ofPreparing: readonly FileActivity[] = []) {
    this.#ofPreparing = ofPreparing;
  }

  /** The log is open and will keep what comes from now on. */
  logged(query: LoggedQuery): void {
    this.#logged = query;
  }

  /** There will be nothing to find. */
  absent(reason: RunWarning | undefined): void {
    this.#reason = reason;
  }

  /** The connection to run the query on: what the driver prepares for it is counted, too. */
  watched(connection: DuckDBConnection): DuckDBConnection {
    const log = this.#logged?.log;
    if (log === undefined) return connection;
    const count = (activity: readonly FileActivity[]): void => {
      this.#ofPreparing = [...this.#ofPreparing, ...activity];
    };
    const extractStatements: DuckDBConnection['extractStatements'] = async (sql) => {
      const extracted = await connection.extractStatements(sql);
      const prepare = (index: number): Promise<DuckDBPreparedStatement> =>
        log.preparing(() => extracted.prepare(index), count);
      return Object.assign(Object.create(extracted) as typeof extracted, { prepare });
    };
    return Object.assign(Object.create(connection) as DuckDBConnection, { extractStatements });
  }

  /** What it did so far; the same to whoever asks. Never rejects. */
  take(): Promise<FoundActivity> {
    this.#found ??= this.#take();
    return this.#found;
  }

  async #take(): Promise<FoundActivity> {
    if (this.#logged === undefined) return nothing(this.#reason);
    const { log, connectionId, since, except, tellOnce } = this.#logged;
    try {
      const activity = await log.take(connectionId, except, since);
      if (log.isTakenOver) return nothing(tellOnce(takenOverIo));
      if (activity === undefined) return nothing(overflowedIo);
      if (this.isAmbiguous) return nothing(ambiguousIo);
      return { activity: mergeActivity([...this.#ofPreparing, ...activity]), warnings: [] };
    } catch {
      return nothing(unreadableIo);
    }
  }
}

function nothing(reason: RunWarning | undefined): FoundActivity {
  return { warnings: reason === undefined ? [] : [reason] };
}
