// Not `createRequire` by its name: webpack rewrites calls of it, and bundles often have their own.
import nodeModule from 'node:module';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { isConnectingOwn } from '@planscope/internal/own-connection';

/** Traces the connections that instances of the driver open. */
export interface ConnectionTracer {
  /**
   * Returns the connection that the program gets. Must not throw or reject.
   *
   * @param connection new, without a statement sent
   */
  trace(connection: DuckDBConnection, instance: DuckDBInstance): DuckDBConnection | Promise<DuckDBConnection>;
  /** Prepares a new connection, on which no statement was sent. Must not reject. */
  opened?(connection: DuckDBConnection): Promise<void> | undefined;
  /** A copy of the driver is being loaded. */
  driverLoaded?(): void;
  /** Records how long it took to open a connection, in seconds. */
  connected?(seconds: number, error?: unknown): void;
}

/** The state of a process, which all copies of this package share. */
interface DriverConnections {
  /** The last one traces new connections. */
  readonly tracers: ConnectionTracer[];
  isWatching: boolean;
  /** The path that an instance was opened with. */
  readonly paths: WeakMap<DuckDBInstance, string>;
}

const key = Symbol.for('planscope.duckdb.driver-connections.1');
const holder = globalThis as { [key]?: DriverConnections };
holder[key] ??= { tracers: [], isWatching: false, paths: new WeakMap() };
const shared: DriverConnections = holder[key];

/** Starts to trace new connections of all copies of the driver, those that are loaded and those that will be. */
export function addTracer(tracer: ConnectionTracer): void {
  removeTracer(tracer);
  shared.tracers.push(tracer);
  if (shared.isWatching) return;
  shared.isWatching = true;
  watchModules();
  patchLoadedDrivers();
}

/** Stops to trace new connections. The tracer that was added before it, if any, traces them again. */
export function removeTracer(tracer: ConnectionTracer): void {
  const index = shared.tracers.indexOf(tracer);
  if (index >= 0) shared.tracers.splice(index, 1);
}

/**
 * The name that DuckDB gives to the database of an instance.
 *
 * @returns undefined if the instance was opened before the driver was watched, or by a cache of the program
 */
export function databaseOf(instance: DuckDBInstance): string | undefined {
  const path = shared.paths.get(instance);
  if (path === undefined) return undefined;
  if (path === ':memory:') return 'memory';
  return /([^/\\]*)$/.exec(path)?.[1]?.split('.')[0];
}

interface LoadedModule {
  readonly exports: { readonly DuckDBInstance?: unknown };
  load(filename: string): void;
}

/** The file of the driver that has the class of instances, wherever and under whatever name the driver is installed. */
const INSTANCE_FILE = /[\\/]DuckDBInstance\.js$/;
const NATIVE_FILE = /\.node$/;

/**
 * The driver is CommonJS, so Node.js loads its files through `Module.prototype.load`, also for an `import`. A loader
 * hook that returns the source of CommonJS files (tsx) avoids that method for all files but the native one. The classes
 * are then in the cache of modules when the script that loads them continues.
 */
function watchModules(): void {
  const prototype = nodeModule.prototype as unknown as LoadedModule;
  const { load } = prototype;
  prototype.load = function (filename: string): void {
    load.call(this, filename);
    if (INSTANCE_FILE.test(filename)) patchModule(this);
    else if (NATIVE_FILE.test(filename)) queueMicrotask(patchLoadedDrivers);
  };
}

function patchLoadedDrivers(): void {
  // Whatever path it is created for, it has the one cache of all CommonJS modules.
  const { cache } = nodeModule.createRequire(process.execPath);
  for (const [filename, module] of Object.entries(cache)) {
    if (module !== undefined && INSTANCE_FILE.test(filename)) patchModule(module);
  }
}

const patched = Symbol.for('planscope.duckdb.traces-connect');

function patchModule({ exports }: Pick<LoadedModule, 'exports'>): void {
  const { DuckDBInstance: instances } = exports;
  if (typeof instances !== 'function' || Object.hasOwn(instances, patched)) return;
  Object.defineProperty(instances, patched, { value: true });
  for (const tracer of shared.tracers) tracer.driverLoaded?.();
  patchMethod(instances.prototype, 'connect', tracedConnect);
  patchMethod(instances, 'create', rememberingPath);
  patchMethod(instances, 'fromCache', rememberingPath);
}

/** The patches stay for good, and do nothing without a tracer: others may have patched the same methods since. */
export function patchMethod<M extends (...args: never[]) => unknown>(
  owner: object,
  name: string,
  patch: (method: M) => M,
): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (descriptor?.configurable !== true || typeof descriptor.value !== 'function') return;
  const value = patch(descriptor.value as M);
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(value, key, { value: descriptor.value[key], configurable: true });
  }
  Object.defineProperty(owner, name, { ...descriptor, value });
}

type Connect = (this: DuckDBInstance) => Promise<DuckDBConnection>;

function tracedConnect(connect: Connect): Connect {
  return function (this: DuckDBInstance): Promise<DuckDBConnection> {
    const tracer = shared.tracers.at(-1);
    const connecting = connect.call(this);
    return isConnectingOwn() || tracer === undefined ? connecting : traceConnecting(connecting, this, tracer);
  };
}

type Open = (this: unknown, path?: string, options?: Record<string, string>) => Promise<DuckDBInstance>;

function rememberingPath(open: Open): Open {
  return async function (this: unknown, path, ...rest): Promise<DuckDBInstance> {
    const instance = await open.call(this, path, ...rest);
    shared.paths.set(instance, path || ':memory:');
    return instance;
  };
}

async function traceConnecting(
  connecting: Promise<DuckDBConnection>,
  instance: DuckDBInstance,
  tracer: ConnectionTracer,
): Promise<DuckDBConnection> {
  const start = performance.now();
  let connection: DuckDBConnection;
  try {
    connection = await connecting;
  } catch (error) {
    tracer.connected?.((performance.now() - start) / 1000, error);
    throw error;
  }
  tracer.connected?.((performance.now() - start) / 1000);
  await tracer.opened?.(connection);
  return tracer.trace(connection, instance);
}
