/**
 * `node --import @planscope/duckdb/register app.js`: traces the connections that the program opens. Little is loaded
 * until then.
 */

import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { addTracer, type ConnectionTracer } from '../driver/driver-connections.ts';
import type { DriverTracing, DriverTracingOptions } from '../trace/driver-tracing.ts';
import { readSetup } from './environment-setup.ts';

/** Traces connections with code that is loaded for the first of them. */
class LazyTracer implements ConnectionTracer {
  readonly #options: DriverTracingOptions;
  #loading: Promise<DriverTracing | undefined> | undefined;

  constructor(options: DriverTracingOptions) {
    this.#options = options;
  }

  /** Loads the code beside the opening of the first instance. */
  driverLoaded(): void {
    void this.#load();
  }

  async trace(connection: DuckDBConnection, instance: DuckDBInstance): Promise<DuckDBConnection> {
    const tracing = await this.#load();
    return tracing?.trace(connection, instance) ?? connection;
  }

  async opened(connection: DuckDBConnection): Promise<void> {
    await (await this.#load())?.opened(connection);
  }

  connected(seconds: number, error?: unknown): void {
    void this.#load().then((tracing) => tracing?.connected(seconds, error));
  }

  #load(): Promise<DriverTracing | undefined> {
    this.#loading ??= import('../trace/driver-tracing.ts')
      .then(({ DriverTracing }) => {
        const tracing = new DriverTracing();
        tracing.configure(this.#options);
        return tracing;
      })
      .catch((error: unknown) => {
        say(`DuckDB is not traced: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      });
    return this.#loading;
  }
}

function say(message: string): void {
  process.stderr.write(`[planscope/duckdb] ${message}\n`);
}

// The flag may be given twice, or once as --import and once as --require.
const key = Symbol.for('planscope.duckdb.registered');
const holder = globalThis as { [key]?: true };

if (holder[key] !== true) {
  holder[key] = true;
  const options = readSetup(process.env, say);
  if (options !== undefined) addTracer(new LazyTracer(options));
}
