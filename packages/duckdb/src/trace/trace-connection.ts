import type {
  DuckDBConnection,
  DuckDBMaterializedResult,
  DuckDBPendingResult,
  DuckDBPreparedStatement,
  DuckDBResult,
} from '@duckdb/node-api';
import { driverOf } from '../measure/own-statement.ts';
import { splitStatements } from '../sql/statement-concerns.ts';
import { ConnectionTracing, type Watch } from './connection-tracing.ts';
import type { TraceConnectionOptions } from './trace-options.ts';
import {
  tracedExtract,
  tracedMaterializedResult,
  tracedPendingResult,
  tracedPrepare,
  tracedResult,
} from './traced-result.ts';

const marker = Symbol.for('planscope.duckdb.traced-connection');

type Method = 'run' | 'stream' | 'start' | 'startStream';
type Values = Parameters<DuckDBConnection['run']>[1];
type Types = Parameters<DuckDBConnection['run']>[2];

/**
 * Returns a connection that behaves like the given one and traces every query on it. Each query has a span under the
 * active span of the caller; it is drawn after the program has continued. Use the given connection directly only while
 * no query of the traced one runs. Several traced connections can share one connection, each with its own spans.
 *
 * @param connection can be closed directly or through a traced connection
 * @throws DuckDBError `invalid-option`
 */
export function traceConnection(connection: DuckDBConnection, options: TraceConnectionOptions = {}): DuckDBConnection {
  if (marker in connection) return connection;
  const tracing = new ConnectionTracing(connection, options);
  const traced = Object.create(connection) as DuckDBConnection;
  /** The driver prepares and runs several statements in one text one by one. */
  const oneByOne =
    <R extends DuckDBResult | DuckDBPendingResult>(method: Method, watch: Watch<R>) =>
    (sql: string, values?: Values, types?: Types): Promise<R> => {
      if (!sql.includes(';') || !tracing.isRecording || (splitStatements(sql)?.length ?? 1) < 2) {
        return tracing.query(sql, (on) => on[method](sql, values, types) as Promise<R>, watch);
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
        : tracing.query(sql, (on) => on.run(sql, values, types), tracedMaterializedResult),
    stream: oneByOne('stream', tracedResult),
    start: oneByOne('start', tracedPendingResult),
    startStream: oneByOne('startStream', tracedPendingResult),
    prepare: (sql) => tracedPrepare(sql, () => connection.prepare(sql), tracing),
    extractStatements: (sql) => tracedExtract(sql, () => connection.extractStatements(sql), tracing),
    interrupt: () => {
      tracing.interrupted();
      connection.interrupt();
    },
    disconnectSync: () => {
      connection.disconnectSync();
      tracing.close();
    },
  };
  // The other methods of the driver call these through `this`, so each call of the program has one span.
  Object.defineProperties(traced, membersOfSubclasses(connection));
  return Object.assign(traced, calls, { [marker]: connection });
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
