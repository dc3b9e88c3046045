import type { DuckDBConnection } from '@duckdb/node-api';
import { MeasuredConnection } from '../measure/measured-connection.ts';

// Shared, because one process may load this package twice, as ESM and as CommonJS, and a connection must be measured
// once.
const registry = Symbol.for('planscope.duckdb.measured-connections.1');
const holder = globalThis as { [registry]?: WeakMap<DuckDBConnection, MeasuredConnection> };
holder[registry] ??= new WeakMap();
const shared: WeakMap<DuckDBConnection, MeasuredConnection> = holder[registry];

/**
 * Called when a connection is garbage-collected. Its prepared statements may outlive it and still run. Until they are
 * collected too, the file for its profiles must stay open, so that no other file gets its descriptor.
 */
const collected = new FinalizationRegistry<Collected>(closeWhenUnused);

const LOOK_AGAIN_MS = 1000;

function closeWhenUnused(entry: Collected): void {
  if (hasLiving(entry.statements)) setTimeout(() => closeWhenUnused(entry), LOOK_AGAIN_MS).unref();
  else entry.measured.close();
}

interface Collected {
  readonly measured: MeasuredConnection;
  readonly statements: unknown;
}

const closed = Symbol.for('planscope.duckdb.closed-connection');

/**
 * Whether a connection was closed since it is traced. The driver does not check that when it is asked for the number of a
 * connection or the progress of its query: it reads freed memory.
 */
export function isClosed(connection: DuckDBConnection): boolean {
  return closed in connection;
}

/**
 * Returns the measurements of a program's connection, which all its traced connections share. They end when the
 * connection is closed or garbage-collected.
 *
 * @param folder used by the first call for a connection and ignored by later ones
 */
export function measuredConnection(connection: DuckDBConnection, folder: string | undefined): MeasuredConnection {
  const known = shared.get(connection);
  if (known !== undefined) return known;
  const measured = new MeasuredConnection({ folder }, 'program');
  shared.set(connection, measured);
  const { preparedStatements: statements } = connection as unknown as { readonly preparedStatements?: unknown };
  collected.register(connection, { measured, statements });
  const disconnect = connection.disconnectSync;
  Object.defineProperty(connection, 'disconnectSync', {
    configurable: true,
    writable: true,
    value: () => {
      measured.end();
      Object.defineProperty(connection, closed, { value: true, configurable: true });
      disconnect.call(connection);
      measured.close();
    },
  });
  return measured;
}

/** Whether any of the statements is alive; the driver keeps weak references to them. */
function hasLiving(statements: unknown): boolean {
  const { preparedStatements } = (statements ?? {}) as { readonly preparedStatements?: unknown };
  if (!Array.isArray(preparedStatements)) return false;
  return preparedStatements.some((entry) => entry instanceof WeakRef && entry.deref() !== undefined);
}
