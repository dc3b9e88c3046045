import {
  checkClientOptions,
  checkSessionOptions,
  type TrinoClientOptions,
  type TrinoQueryOptions,
} from './client-options.ts';
import type { TrinoColumn } from './column-type.ts';
import { Coordinator } from './coordinator.ts';
import { type QueryObserver, RunningQuery } from './running-query.ts';
import { sessionHeaders } from './session-headers.ts';
import { quoted, sqlLiteral } from './sql-literal.ts';
import { TrinoResult, type TrinoRow } from './trino-result.ts';

/** A statement that has run, with all its rows. */
export interface TrinoRows {
  readonly queryId: string;
  readonly columns: readonly TrinoColumn[];
  readonly rows: readonly TrinoRow[];
  /** For a statement that changes something: what it did, for example `CREATE TABLE`. */
  readonly updateType?: string;
  /** For a statement that changes rows: their number. */
  readonly updateCount?: number;
}

/** How the report of a query is asked for. */
export interface QueryInfoOptions {
  /** Ends the request. */
  readonly signal?: AbortSignal;
  /** Leave out stages, tasks and operators, which can be a megabyte. Default: false. */
  readonly pruned?: boolean;
}

/** Runs queries on a Trino cluster. It has no session: each query is independent of the others. */
export interface TrinoClient {
  /** URL of the coordinator. */
  readonly server: URL;
  /**
   * Sends a query, and resolves when its columns are known: Trino has planned it then.
   *
   * @throws TrinoQueryError if the query fails before that
   * @throws TrinoClientError `invalid-option`, `invalid-parameter`, `unreachable`, `unauthorized`, `unexpected-response`
   * @throws the reason of the signal
   */
  query(sql: string, options?: TrinoQueryOptions): Promise<TrinoResult>;
  /** Runs a statement to its end and returns its rows, which have to fit into memory. Throws what `query` throws. */
  run(sql: string, options?: TrinoQueryOptions): Promise<TrinoRows>;
  /**
   * Returns what Trino knows of a query, as JSON text for `readQueryInfo`.
   *
   * @throws TrinoClientError `unexpected-response`, with status 410 if Trino has forgotten the query
   */
  queryInfo(queryId: string, options?: QueryInfoOptions): Promise<string>;
  /** Ends a query, also of another client. */
  kill(queryId: string): Promise<void>;
}

/**
 * Makes a client of a cluster. It sends nothing before the first query, and has nothing to close.
 *
 * @throws TrinoClientError `invalid-option`
 */
export function createTrinoClient(options: TrinoClientOptions): TrinoClient {
  return observedClient(options, (_sql, send) => send({}));
}

/** How someone takes part in the sending of a query. */
interface Observation {
  readonly observer?: QueryObserver;
  /** Headers of the first request alone. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Called for each query; has to send it once. */
export type ObserveQuery = (
  sql: string,
  send: (observation: Observation) => Promise<TrinoResult>,
  options: TrinoQueryOptions,
) => Promise<TrinoResult>;

/** A client whose queries are observed. */
export function observedClient(options: TrinoClientOptions, observe: ObserveQuery): TrinoClient {
  checkClientOptions(options);
  const coordinator = new Coordinator(options);
  const info = (queryId: string): string => `/v1/query/${encodeURIComponent(queryId)}`;
  const client: TrinoClient = {
    server: coordinator.url,
    query: (sql, query = {}) =>
      observe(sql, (observation) => send(coordinator, options, { sql, query, observation }), query),
    async run(sql, query) {
      const result = await client.query(sql, query);
      const rows: TrinoRow[] = [];
      for await (const row of result) rows.push(row);
      const { queryId, columns, updateType, updateCount } = result;
      return {
        queryId,
        columns,
        rows,
        ...(updateType === undefined ? {} : { updateType }),
        ...(updateCount === undefined ? {} : { updateCount }),
      };
    },
    async queryInfo(queryId, { signal, pruned = false } = {}) {
      const { text } = await coordinator.send(`${info(queryId)}${pruned ? '?pruned=true' : ''}`, {
        method: 'GET',
        signal,
      });
      return text;
    },
    async kill(queryId) {
      await coordinator.send(info(queryId), { method: 'DELETE' });
    },
  };
  return client;
}

interface Statement {
  readonly sql: string;
  readonly query: TrinoQueryOptions;
  readonly observation: Observation;
}

async function send(
  coordinator: Coordinator,
  client: TrinoClientOptions,
  { sql, query, observation }: Statement,
): Promise<TrinoResult> {
  const { parameters = [], signal, ...session } = query;
  const { observer, headers } = observation;
  try {
    checkSessionOptions(session);
    const body = statementOf(sql, parameters);
    const response = await coordinator.send('/v1/statement', {
      method: 'POST',
      body,
      headers: { ...sessionHeaders(client, session), ...headers },
      signal,
    });
    return new TrinoResult(await RunningQuery.start({ coordinator, signal, observer }, response));
  } catch (error) {
    observer?.ended({ status: signal?.aborted === true ? 'cancelled' : 'error', error });
    throw error;
  }
}

/** Parameters stand beside the statement, so that no value is part of its text. */
function statementOf(sql: string, parameters: readonly unknown[]): string {
  if (parameters.length === 0) return sql;
  const literals = parameters.map((value, index) => sqlLiteral(value, `parameters[${index}]`));
  return `EXECUTE IMMEDIATE ${quoted(sql)} USING ${literals.join(', ')}`;
}
