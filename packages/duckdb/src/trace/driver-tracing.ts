import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type ConnectionTracer, databaseOf } from '../driver/driver-connections.ts';
import { driverCopyOf } from '../driver/driver-copy.ts';
import { checkEventKinds } from '../events/engine-event.ts';
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
      database: databaseOf(instance),
      isEnabled: () => this.isEnabled,
    };
    let generation: number | undefined;
    let tracing: ConnectionTracing | undefined;
    const current = (): ConnectionTracing => {
      if (tracing !== undefined && generation === this.#generation) return tracing;
      const { events, ...options } = this.#options;
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

  connected(seconds: number, error?: unknown): void {
    if (!this.isEnabled) return;
    const errorType = error === undefined ? undefined : error instanceof Error ? error.name : typeof error;
    queryMetrics(this.#options.meterProvider)?.connected(seconds, errorType);
  }
}
