import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { connectOwn } from '@planscope/internal/own-connection';
import type { EventKind } from '../events/engine-event.ts';
import type { EventLog, LogProblem } from '../events/event-log.ts';
import type { ProfilingRefusal } from '../measure/connection-profiler.ts';
import { MeasuredConnection } from '../measure/measured-connection.ts';
import { showingAllPlans } from '../report/explain-plans.ts';

/** Maximum number of idle connections. */
const MAX_IDLE = 8;

/** A connection of a session, for one query at a time. */
export interface QueryConnection {
  readonly connection: DuckDBConnection;
  readonly measured: MeasuredConnection;
}

/** What the connections of a session have in common. */
export interface QueryConnectionsOptions {
  readonly instance: DuckDBInstance;
  readonly log: EventLog | LogProblem | undefined;
  /** What is collected of the log. */
  readonly events: readonly EventKind[];
  /** Why no query is profiled. */
  readonly refusal: ProfilingRefusal | undefined;
  readonly temporaryFolder: string | undefined;
  /** Whether the instance permits files only in certain folders, which include the one for temporary files. */
  readonly confined: boolean;
}

/**
 * A pool of the connections that the queries of a session run on. A query reuses a connection that an earlier query
 * left unchanged, because a new connection takes five statements to be found in the log and to enable its profiler.
 */
export class QueryConnections {
  readonly #options: QueryConnectionsOptions;
  readonly #idle: QueryConnection[] = [];
  /** Idle connections whose EXPLAIN shows all plans. */
  readonly #explainers: DuckDBConnection[] = [];

  constructor(options: QueryConnectionsOptions) {
    this.#options = options;
  }

  /** @param profile whether the query is profiled; profiled and other queries use separate connections */
  async take(profile: boolean): Promise<QueryConnection> {
    const profiling = this.#options.refusal ?? (profile ? 'on' : 'unknown');
    const index = this.#idle.findIndex(({ measured }) => measured.profiling === profiling);
    const [idle] = index === -1 ? [] : this.#idle.splice(index, 1);
    if (idle !== undefined) return idle;
    const { instance, log, events, refusal, temporaryFolder: folder, confined: linked } = this.#options;
    const lend = log === undefined ? undefined : { kinds: events, lend: () => Promise.resolve(log) };
    const measured = new MeasuredConnection({ folder, linked, lend }, refusal ?? 'own');
    return { connection: await connectOwn(instance), measured };
  }

  /** @param isUnchanged whether the query left the connection unchanged and nothing runs on it */
  release(used: QueryConnection, isUnchanged: boolean): void {
    // A failed profiler is not reused, because the reason, for example a full disk, may go away.
    const isUsable = ['on', 'unknown', this.#options.refusal].includes(used.measured.profiling);
    if (isUnchanged && isUsable && this.#idle.length < MAX_IDLE) this.#idle.push(used);
    else close(used);
  }

  /** Calls a function with a connection whose EXPLAIN shows all plans. */
  async explain<T>(call: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#explainers.pop() ?? (await showingAllPlans(await connectOwn(this.#options.instance)));
    try {
      const result = await call(connection);
      this.#explainers.push(connection);
      return result;
    } catch (error) {
      connection.disconnectSync();
      throw error;
    }
  }

  /** Closes all idle connections. No query may be running. */
  close(): void {
    for (const idle of this.#idle.splice(0)) close(idle);
    for (const connection of this.#explainers.splice(0)) connection.disconnectSync();
  }
}

function close({ connection, measured }: QueryConnection): void {
  connection.disconnectSync();
  measured.close();
}
