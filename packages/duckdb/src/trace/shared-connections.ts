import type { DuckDBConnection } from '@duckdb/node-api';
import { diag } from '@opentelemetry/api';
import type { RunWarning, WarningSink } from '@planscope/plan';
import { MeasuredConnection } from '../measure/measured-connection.ts';
import type { TraceConnectionOptions } from './trace-options.ts';

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

/** Where warnings go. A sink that fails is its program's mistake, and no reason to fail a query. */
export function warnOf({ warn }: TraceConnectionOptions): WarningSink {
  return (warning) => {
    try {
      if (warn === undefined) diag.warn(`[planscope/duckdb] ${warning.code}: ${warning.message}`);
      else warn(warning);
    } catch {
      diag.warn(`[planscope/duckdb] the sink for warnings failed at ${warning.code}`);
    }
  };
}

export function recordingFailed(error: unknown): RunWarning {
  const kind = error instanceof Error ? error.name : typeof error;
  return {
    code: 'recording-failed',
    message: `a query could not be traced in full (${kind}); the query itself went on`,
  };
}

export function lostStreamWarning(rows: number): RunWarning {
  const message = `DuckDB broke off a result after ${rows} rows and the driver says nothing; the program has a part of the rows only`;
  return { code: 'lost-stream', message };
}

export function largeResultWarning(rows: number): RunWarning {
  const message = `a call held ${rows} rows in memory at once; stream them, or aggregate in the query`;
  return { code: 'large-result-materialized', message };
}

const NO_PROFILE = 'planner and operators are missing from the trace';

export const ambiguousProfile: RunWarning = {
  code: 'profile-ambiguous',
  message: 'several queries ran on one connection at a time, which leaves one profile; use a connection for each',
};

export const severalStatements: RunWarning = {
  code: 'several-statements',
  message: `the driver ran several statements as one, and DuckDB profiled the last of them only; run each by itself, or all with stream(); ${NO_PROFILE}`,
};

export const backlogFull: RunWarning = {
  code: 'drawing-backlog-full',
  message: `queries end faster than they can be drawn, so this one has its numbers as a whole only; set detail.slowerThan, or sample; ${NO_PROFILE}`,
};

export const settingsShown: RunWarning = {
  code: 'settings-shown',
  message:
    "a query read the profiling settings through a view or macro made on another connection, so it saw Planscope's values; it was not run again because that could advance a sequence; later queries see the program's own values",
};
