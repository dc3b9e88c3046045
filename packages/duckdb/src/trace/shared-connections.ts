import type { DuckDBConnection } from '@duckdb/node-api';
import { MeasuredConnection } from '../measure/measured-connection.ts';

// One process may load this package twice, as ESM and as CommonJS; a connection is measured once.
const registry = Symbol.for('planscope.duckdb.measured-connections.1');
const holder = globalThis as { [registry]?: WeakMap<DuckDBConnection, MeasuredConnection> };
holder[registry] ??= new WeakMap();
const shared: WeakMap<DuckDBConnection, MeasuredConnection> = holder[registry];

/**
 * Called when a connection was collected as garbage. What it had prepared may outlive it and still be run; then the file
 * for its profiles has to stay, for its number must not become that of another file.
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

/**
 * The measuring of a program's own connection, which all that trace it share. It ends when the connection is closed, by
 * whatever way, or collected.
 *
 * @param folder of the first to ask counts
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
      disconnect.call(connection);
      measured.close();
    },
  });
  return measured;
}

/** Whether statements that the driver keeps weak references to are still there. */
function hasLiving(statements: unknown): boolean {
  const { preparedStatements } = (statements ?? {}) as { readonly preparedStatements?: unknown };
  if (!Array.isArray(preparedStatements)) return false;
  return preparedStatements.some((entry) => entry instanceof WeakRef && entry.deref() !== undefined);
}
