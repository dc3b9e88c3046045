import { blobValue, type DuckDBConnection, listValue, structValue, version } from '@duckdb/node-api';
import { driverCopyOf } from '../driver/driver-copy.ts';
import { ConnectionTracing } from './connection-tracing.ts';
import type { TraceConnectionOptions } from './trace-options.ts';
import { untracedConnection, wrapConnection } from './wrap-connection.ts';

/** The copy of a connection is unknown only if the driver is part of a bundle, which has a single copy. */
const bundledDriver = { blobValue, listValue, structValue, version };

/**
 * Returns a connection that behaves like the given one and traces every query on it. Each query has a span under the
 * active span of the caller; it is drawn after the program has continued. Use the given connection directly only while
 * no query of the traced one runs. Several traced connections can share one connection, each with its own spans.
 *
 * @param connection can be closed directly or through a traced connection. If it is traced already because of
 * `@planscope/duckdb/register` or `DuckDBInstrumentation`, these options replace those for the returned connection.
 * @throws DuckDBError `invalid-option`
 */
export function traceConnection(connection: DuckDBConnection, options: TraceConnectionOptions = {}): DuckDBConnection {
  const untraced = untracedConnection(connection);
  if (untraced === undefined) return connection;
  const driver = driverCopyOf(untraced) ?? bundledDriver;
  const tracing = new ConnectionTracing(untraced, options, { driver });
  return wrapConnection(untraced, () => tracing, false);
}
