import type { DuckDBInstance } from '@duckdb/node-api';
import { IoLog } from '../log/io-log.ts';

interface SharedLog {
  users: number;
  readonly log: Promise<IoLog | undefined>;
  closed: Promise<void>;
}

// One process may load this package twice, as ESM and as CommonJS; an instance has one log.
const registry = Symbol.for('planscope.duckdb.instance-logs');
const holder = globalThis as { [registry]?: WeakMap<DuckDBInstance, SharedLog> };
holder[registry] ??= new WeakMap();
const shared: WeakMap<DuckDBInstance, SharedLog> = holder[registry];

/** A part in the log of an instance. */
export interface InstanceLog {
  /** Undefined where the program uses the log itself. */
  readonly log: Promise<IoLog | undefined>;
  /** The last one to call this has the log given back as it was; safe to call twice. */
  release(): void;
}

/**
 * Borrows the log of a program's instance, which all its traced connections share.
 *
 * @param limit most events held at a time; that of the first to borrow counts
 */
export function borrowInstanceLog(instance: DuckDBInstance, limit: number): InstanceLog {
  const entry = inUse(instance) ?? open(instance, limit);
  entry.users += 1;
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    entry.users -= 1;
    if (entry.users === 0) {
      entry.closed = entry.log.then(
        (log) => log?.close(),
        () => {},
      );
    }
  };
  return { log: entry.log, release };
}

function inUse(instance: DuckDBInstance): SharedLog | undefined {
  const entry = shared.get(instance);
  return entry !== undefined && entry.users > 0 ? entry : undefined;
}

/** Waits for the one before to have given the log back, or its settings would pass for the program's. */
function open(instance: DuckDBInstance, limit: number): SharedLog {
  const before = shared.get(instance)?.closed ?? Promise.resolve();
  const log = before.then(() => borrow(instance, limit));
  const entry: SharedLog = { users: 0, log, closed: Promise.resolve() };
  shared.set(instance, entry);
  return entry;
}

async function borrow(instance: DuckDBInstance, limit: number): Promise<IoLog | undefined> {
  const connection = await instance.connect();
  try {
    const log = await IoLog.borrow(connection, limit);
    if (log === undefined) connection.disconnectSync();
    return log;
  } catch (error) {
    connection.disconnectSync();
    throw error;
  }
}
