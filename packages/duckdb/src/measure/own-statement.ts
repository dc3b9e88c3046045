import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api';
import { changesPermissions } from '../sql/statement-concerns.ts';

/**
 * Runs a statement of Planscope with the driver's own method, so that a subclass of the connection sees only the
 * statements of the program.
 *
 * @returns the rows
 */
export async function runOwn(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  const result = await sendOwn(() => driverOf(connection).run.call(connection, sql));
  return result.getRows();
}

/** Like {@link runOwn}, for preparing a statement. */
export function prepareOwn(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  return sendOwn(() => driverOf(connection).prepare.call(connection, sql));
}

/** The prototype that all connections, or all statements, of one copy of the driver share. */
export function driverOf<T extends object>(object: T): T {
  let prototype = Object.getPrototypeOf(object) as object;
  for (let next = prototype; next !== Object.prototype && next !== null; next = Object.getPrototypeOf(next) as object) {
    prototype = next;
  }
  return prototype as T;
}

// All copies of this package in a process share one count.
const key = Symbol.for('planscope.duckdb.permissions.1');
interface Permissions {
  changes: number;
  /** Whether the statement being sent is from Planscope, which changes no permissions. */
  isOwn: boolean;
}
const holder = globalThis as { [key]?: Permissions };
holder[key] ??= { changes: 0, isOwn: false };
const permissions: Permissions = holder[key];

const watched = Symbol.for('planscope.duckdb.watches-permissions');
const CALLS = ['run', 'stream', 'start', 'startStream', 'prepare', 'extractStatements'] as const;

/** Number of statements of this process that may have changed what an instance permits. */
export function permissionChanges(): number {
  return permissions.changes;
}

export function notePermissionChange(): void {
  permissions.changes += 1;
}

/** Sends a statement of Planscope, which may name permissions but does not change them. */
function sendOwn<T>(send: () => T): T {
  permissions.isOwn = true;
  try {
    return send();
  } finally {
    permissions.isOwn = false;
  }
}

/**
 * Counts permission changes by all connections of one copy of the driver. Permissions apply to a whole instance, and a
 * statement fails if DuckDB is not permitted to write its profile: an untraced connection that forbids files would make
 * the statements of a profiled connection fail.
 *
 * @param driver the prototype of the connections
 */
export function watchPermissions(driver: DuckDBConnection): void {
  if (Object.hasOwn(driver, watched)) return;
  Object.defineProperty(driver, watched, { value: true });
  for (const name of CALLS) {
    const descriptor = Object.getOwnPropertyDescriptor(driver, name);
    const call: unknown = descriptor?.value;
    if (descriptor?.configurable !== true || typeof call !== 'function') continue;
    const value = function (this: DuckDBConnection, sql: string, ...rest: unknown[]): unknown {
      if (!permissions.isOwn && changesPermissions(sql)) notePermissionChange();
      return Reflect.apply(call, this, [sql, ...rest]);
    };
    Object.defineProperty(driver, name, { ...descriptor, value });
  }
}
