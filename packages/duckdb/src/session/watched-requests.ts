import type { DuckDBConnection } from '@duckdb/node-api';
import { createUnixClock, type IoReport } from '@planscope/plan';
import { OwnedActivity } from '../report/owned-activity.ts';
import type { QueryConnections } from './query-connections.ts';

/**
 * Called with the HTTP requests of statements that are no measured query, for example of those that look for columns.
 * Must not throw.
 */
export type RequestObserver = (requests: readonly IoReport[]) => void;

/**
 * Calls a function with a connection and reports the requests that DuckDB made for its statements, also if it fails.
 *
 * @param connections of a session that logs requests
 * @param work leaves no statement running
 */
export async function watchingRequests<T>(
  connections: QueryConnections,
  observe: RequestObserver,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const used = await connections.take(false);
  const { connection, measured } = used;
  try {
    await measured.collectEvents(connection);
    const start = createUnixClock()();
    const query = measured.begin({ characters: 0, profile: false, start, observer: { displaced: () => {} } });
    try {
      return await work(connection);
    } finally {
      // DuckDB writes what it logged while it prepared a statement with the next query.
      await connection.run('SELECT 1').catch(() => {});
      const { activity } = await query.end('ok');
      const found = activity?.();
      if (found !== undefined && !('gap' in found)) {
        const requests = new OwnedActivity(found.logged(), [], { inputs: [] }).reports();
        observe(requests.filter(({ request }) => request !== undefined));
      }
    }
  } finally {
    // The work may have left views.
    connections.release(used, false);
  }
}
