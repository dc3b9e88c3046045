import type {
  DuckDBConnection,
  DuckDBMaterializedResult,
  DuckDBPendingResult,
  DuckDBPreparedStatement,
  DuckDBResult,
} from '@duckdb/node-api';
import { driverOf } from '../measure/own-statement.ts';
import { splitStatements } from '../sql/statement-concerns.ts';
import type { ConnectionTracing, Execution, Watch } from './connection-tracing.ts';
import {
  tracedExtract,
  tracedMaterializedResult,
  tracedPendingResult,
  tracedPrepare,
  tracedResult,
} from './traced-result.ts';

const marker = Symbol.for('planscope.duckdb.traced-connection');
const automatic = Symbol.for('planscope.duckdb.automatically-traced');

type Values = Parameters<DuckDBConnection['run']>[1];
type Types = Parameters<DuckDBConnection['run']>[2];

/**
 * The connection below a traced one. A connection that is traced because the driver is has options that the program did
 * not write, so the program can trace it with its own.
 *
 * @returns undefined if the program has traced it
 */
export function untracedConnection(connection: DuckDBConnection): DuckDBConnection | undefined {
  if (!(marker in connection)) return connection;
  return automatic in connection ? (connection[marker] as DuckDBConnection) : undefined;
}

/**
 * A connection that behaves like the given one and traces every query on it.
 *
 * @param tracingOf called for each call of the program
 * @param isAutomatic whether the program did not ask for it by itself
 */
export function wrapConnection(
  connection: DuckDBConnection,
  tracingOf: () => ConnectionTracing,
  isAutomatic: boolean,
): DuckDBConnection {
  const traced = Object.create(connection) as DuckDBConnection;
  /** The driver prepares and runs several statements in one text one by one. */
  const oneByOne =
    <R extends DuckDBResult | DuckDBPendingResult>(method: Execution['method'], watch: Watch<R>) =>
    (sql: string, values?: Values, types?: Types): Promise<R> => {
      const tracing = tracingOf();
      if (!sql.includes(';') || !tracing.isObserving || (splitStatements(sql)?.length ?? 1) < 2) {
        const execution = { method, values: () => numberOf(values) };
        return tracing.query(sql, (on, text) => on[method](text, values, types) as Promise<R>, watch, execution);
      }
      return eachStatement(traced, sql, (last) => {
        if (values) last.bind(values, types);
        return last[method]() as R | Promise<R>;
      });
    };
  const runWithValues = oneByOne<DuckDBMaterializedResult>('run', tracedMaterializedResult);
  const calls: Partial<DuckDBConnection> = {
    run: (sql, values, types) =>
      values
        ? runWithValues(sql, values, types)
        : tracingOf().query(sql, (on, text) => on.run(text, values, types), tracedMaterializedResult, WITHOUT_VALUES),
    stream: oneByOne('stream', tracedResult),
    start: oneByOne('start', tracedPendingResult),
    startStream: oneByOne('startStream', tracedPendingResult),
    prepare: (sql) => tracedPrepare(sql, () => connection.prepare(sql), tracingOf()),
    extractStatements: (sql) => tracedExtract(sql, () => connection.extractStatements(sql), tracingOf()),
    interrupt: () => {
      tracingOf().interrupted();
      connection.interrupt();
    },
    disconnectSync: () => {
      connection.disconnectSync();
      tracingOf().close();
    },
  };
  // The other methods of the driver call these through `this`, so each call of the program has one span.
  Object.defineProperties(traced, membersOfSubclasses(connection));
  return Object.assign(traced, calls, { [marker]: connection, ...(isAutomatic && { [automatic]: true }) });
}

const WITHOUT_VALUES: Execution = { method: 'run', values: () => 0 };

function numberOf(values: Values): number {
  if (values === undefined) return 0;
  return Array.isArray(values) ? values.length : Object.keys(values).length;
}

/**
 * The members that a subclass of the driver's connection adds. They are bound to the connection itself, because only it
 * has their private fields.
 */
function membersOfSubclasses(connection: DuckDBConnection): PropertyDescriptorMap {
  const members: PropertyDescriptorMap = {};
  const driver = driverOf(connection);
  for (
    let prototype = Object.getPrototypeOf(connection) as object;
    prototype !== driver;
    prototype = Object.getPrototypeOf(prototype) as object
  ) {
    for (const [name, { value, get, set }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name === 'constructor' || Object.hasOwn(members, name)) continue;
      members[name] =
        typeof value === 'function'
          ? { configurable: true, writable: true, value: (value as (...args: unknown[]) => unknown).bind(connection) }
          : {
              configurable: true,
              ...(get && { get: get.bind(connection) }),
              ...(set && { set: set.bind(connection) }),
            };
    }
  }
  return members;
}

/** Runs the statements of one text one after another like the driver, so that each has a span. */
async function eachStatement<T>(
  traced: DuckDBConnection,
  sql: string,
  runLast: (statement: DuckDBPreparedStatement) => T | Promise<T>,
): Promise<T> {
  const extracted = await traced.extractStatements(sql);
  for (let index = 0; index < extracted.count - 1; index++) {
    const statement = await extracted.prepare(index);
    try {
      await statement.run();
    } finally {
      statement.destroySync();
    }
  }
  const last = await extracted.prepare(extracted.count - 1);
  try {
    return await runLast(last);
  } finally {
    last.destroySync();
  }
}
