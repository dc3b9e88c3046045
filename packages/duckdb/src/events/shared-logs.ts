import type { DuckDBInstance } from '@duckdb/node-api';
import { leave } from '../driver/opened-again.ts';
import { EventLog, type EventLogOptions, type LogProblem } from './event-log.ts';

interface SharedLog {
  users: number;
  readonly log: Promise<EventLog | LogProblem>;
  closed: Promise<void>;
}

// One process may load this package twice, as ESM and as CommonJS; an instance has one log.
const registry = Symbol.for('planscope.duckdb.event-logs.3');
const holder = globalThis as { [registry]?: WeakMap<DuckDBInstance, SharedLog> };
holder[registry] ??= new WeakMap();
const shared: WeakMap<DuckDBInstance, SharedLog> = holder[registry];

/** Shared access to the log of an instance. */
export interface BorrowedLog {
  readonly log: Promise<EventLog | LogProblem>;
  /** The last release restores the settings of the log. Safe to call twice. */
  release(): void;
}

/**
 * Borrows the log of a program's instance, which all its traced connections share.
 *
 * @param options for the first one to borrow it
 */
export function borrowLog(instance: DuckDBInstance, options: EventLogOptions): BorrowedLog {
  const known = shared.get(instance);
  const entry = known !== undefined && known.users > 0 ? known : open(instance, options, known?.closed);
  entry.users += 1;
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    entry.users -= 1;
    if (entry.users > 0) return;
    entry.closed = entry.log.then((log) => (typeof log === 'string' ? undefined : log.close())).catch(() => {});
    leave(entry.closed);
  };
  return { log: entry.log, release };
}

/**
 * @param closed resolves when the previous log is closed; until then, its settings would look like those of the program
 */
function open(
  instance: DuckDBInstance,
  options: EventLogOptions,
  closed: Promise<void> = Promise.resolve(),
): SharedLog {
  const log = closed.then(() => EventLog.open(instance, options)).catch((): LogProblem => 'unreadable');
  const entry: SharedLog = { users: 0, log, closed: Promise.resolve() };
  shared.set(instance, entry);
  return entry;
}
