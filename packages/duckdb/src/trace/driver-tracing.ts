import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type ConnectionTracer, databaseOf } from '../driver/driver-connections.ts';
import { driverCopyOf } from '../driver/driver-copy.ts';
import { checkEventKinds } from '../events/engine-event.ts';
import { runOwn } from '../measure/own-statement.ts';
import { processPlans } from '../report/plan-history.ts';
import { ConnectionTracing } from './connection-tracing.ts';
import { queryMetrics } from './query-metrics.ts';
import { QueryTracing } from './query-tracing.ts';
import {
  checkTraceOptions,
  fromPreset,
  type InstanceLogConsent,
  type TraceConnectionOptions,
} from './trace-options.ts';
import { recordingFailed, warnOf } from './trace-warnings.ts';
import { wrapConnection } from './wrap-connection.ts';

/** How the connections of a program are traced that does not wrap them itself. */
export interface DriverTracingOptions extends Omit<TraceConnectionOptions, 'events'> {
  /** Consent to use the log of each instance, as in `TraceConnectionOptions`; default none. */
  readonly events?: Omit<InstanceLogConsent, 'instance'>;
  /**
   * Have DuckDB track the progress of queries, for the gauges and `runningQueries`; default false. New connections then
   * have `enable_progress_bar`, which a program can see, and print nothing.
   */
  readonly progress?: boolean;
}

/** An instance that forbids changes of settings is not tracked. */
async function trackProgress(connection: DuckDBConnection): Promise<void> {
  try {
    await runOwn(connection, 'SET enable_progress_bar_print = false');
    await runOwn(connection, 'SET enable_progress_bar = true');
    // DuckDB begins to count after two seconds otherwise.
    await runOwn(connection, 'SET progress_bar_time = 0');
  } catch {
    // The connection is as usable as before.
  }
}

/** Traces each connection that an instance of the driver opens. */
export class DriverTracing implements ConnectionTracer {
  #options: DriverTracingOptions = {};
  #generation = 0;
  isEnabled = true;

  /**
   * Sets the options, also for connections that are open already: their next queries use them.
   *
   * @throws DuckDBError `invalid-option`
   */
  configure(options: DriverTracingOptions): void {
    const { events, ...others } = options;
    checkTraceOptions(others);
    checkEventKinds('events.kinds', events?.kinds);
    // The recorders check their options.
    new QueryTracing(fromPreset(others), 'unknown');
    this.#options = options;
    this.#generation += 1;
  }

  trace(connection: DuckDBConnection, instance: DuckDBInstance): DuckDBConnection {
    const origin = {
      driver: driverCopyOf(connection),
      instance: processPlans().numberOf(instance),
      database: databaseOf(instance),
      isEnabled: () => this.isEnabled,
    };
    let generation: number | undefined;
    let tracing: ConnectionTracing | undefined;
    const current = (): ConnectionTracing => {
      if (tracing !== undefined && generation === this.#generation) return tracing;
      const { events, progress: _, ...options } = this.#options;
      const withInstance = events === undefined ? options : { ...options, events: { ...events, instance } };
      tracing = new ConnectionTracing(connection, withInstance, { ...origin, before: tracing });
      generation = this.#generation;
      return tracing;
    };
    const { events: _, ...others } = this.#options;
    try {
      current();
    } catch (error) {
      warnOf(others)(recordingFailed(error));
      return connection;
    }
    return wrapConnection(connection, current, true);
  }

  opened(connection: DuckDBConnection): Promise<void> | undefined {
    if (!this.isEnabled || this.#options.progress !== true) return undefined;
    return trackProgress(connection);
  }

  connected(seconds: number, error?: unknown): void {
    if (!this.isEnabled) return;
    const errorType = error === undefined ? undefined : error instanceof Error ? error.name : typeof error;
    queryMetrics(this.#options.meterProvider)?.connected(seconds, errorType);
  }
}
