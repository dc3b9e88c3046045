import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { EventKind } from '../events/engine-event.ts';
import type { EventLog, LogProblem } from '../events/event-log.ts';
import type { ProfilingRefusal } from '../measure/connection-profiler.ts';
import { MeasuredConnection } from '../measure/measured-connection.ts';
import { showingAllPlans } from '../report/explain-plans.ts';

/** Most connections that wait for a query. */
const MAX_IDLE = 8;

/** A connection of a session for one query at a time. */
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
  /** Whether the instance permits no files outside of certain folders, that for temporary files among them. */
  readonly confined: boolean;
}

/**
 * The connections that the queries of a session run on. A query takes one that an earlier query has left as it was: to find a
 * new connection in the log, and to switch its profiler on, takes five statements.
 */
export class QueryConnections {
  readonly #options: QueryConnectionsOptions;
  readonly #idle: QueryConnection[] = [];
  /** Connections that show all plans of a query. */
  readonly #explainers: DuckDBConnection[] = [];

  constructor(options: QueryConnectionsOptions) {
    this.#options = options;
  }

  /** @param profile whether the query is profiled: a connection is either used for such queries or for others */
  async take(profile: boolean): Promise<QueryConnection> {
    const profiling = this.#options.refusal ?? (profile ? 'on' : 'unknown');
    const index = this.#idle.findIndex(({ measured }) => measured.profiling === profiling);
    const [idle] = index === -1 ? [] : this.#idle.splice(index, 1);
    if (idle !== undefined) return idle;
    const { instance, log, events, refusal, temporaryFolder: folder, confined: linked } = this.#options;
    const lend = log === undefined ? undefined : { kinds: events, lend: () => Promise.resolve(log) };
    const measured = new MeasuredConnection({ folder, linked, lend }, refusal ?? 'own');
    return { connection: await instance.connect(), measured };
  }

  /** @param isUnchanged whether the connection is as it was before the query, and nothing runs on it */
  release(used: QueryConnection, isUnchanged: boolean): void {
    // A profiler that failed, on a full disk for example, has to be tried anew.
    const isUsable = ['on', 'unknown', this.#options.refusal].includes(used.measured.profiling);
    if (isUnchanged && isUsable && this.#idle.length < MAX_IDLE) this.#idle.push(used);
    else close(used);
  }

  /** Calls with a connection whose EXPLAIN shows all plans. */
  async explain<T>(call: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#explainers.pop() ?? (await showingAllPlans(await this.#options.instance.connect()));
    try {
      const result = await call(connection);
      this.#explainers.push(connection);
      return result;
    } catch (error) {
      connection.disconnectSync();
      throw error;
    }
  }

  /** No query runs any more. */
  close(): void {
    for (const idle of this.#idle.splice(0)) close(idle);
    for (const connection of this.#explainers.splice(0)) connection.disconnectSync();
  }
}

function close({ connection, measured }: QueryConnection): void {
  connection.disconnectSync();
  measured.close();
}
