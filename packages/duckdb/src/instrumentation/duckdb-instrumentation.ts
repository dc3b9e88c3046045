import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { InstrumentationBase, type InstrumentationConfig } from '@opentelemetry/instrumentation';
import packageJson from '../../package.json' with { type: 'json' };
import { addTracer, removeTracer } from '../driver/driver-connections.ts';
import { DriverTracing, type DriverTracingOptions } from '../trace/driver-tracing.ts';

/** Configuration of `DuckDBInstrumentation`: the options of traced connections, and `enabled`. */
export interface DuckDBInstrumentationConfig extends InstrumentationConfig, DriverTracingOptions {}

/**
 * Traces the connections of all loaded copies of `@duckdb/node-api`, for `registerInstrumentations` and `NodeSDK`. The
 * driver can be loaded before or after, with `import` or `require`; no loader hook is needed.
 *
 * `disable` also ends the tracing of open connections, from their next query on, and `setConfig` changes it.
 */
export class DuckDBInstrumentation extends InstrumentationBase<DuckDBInstrumentationConfig> {
  // The constructor of the base class calls methods of this one, so no field may have an initializer.
  declare private driverTracing: DriverTracing | undefined;
  declare private providers: { tracerProvider?: TracerProvider; meterProvider?: MeterProvider } | undefined;

  /** @throws DuckDBError `invalid-option` */
  constructor(config: DuckDBInstrumentationConfig = {}) {
    super(packageJson.name, packageJson.version, config);
  }

  /** There is no module to patch for the base class, which knows only one copy of a module. */
  protected override init(): undefined {
    return undefined;
  }

  override enable(): void {
    super.enable();
    const tracing = this.ownTracing();
    tracing.isEnabled = true;
    addTracer(tracing);
  }

  override disable(): void {
    super.disable();
    const tracing = this.ownTracing();
    tracing.isEnabled = false;
    removeTracer(tracing);
  }

  /** @throws DuckDBError `invalid-option`; the configuration before it stays in force */
  override setConfig(config: DuckDBInstrumentationConfig): void {
    this.configureTracing(config);
    super.setConfig(config);
  }

  override setTracerProvider(tracerProvider: TracerProvider): void {
    super.setTracerProvider(tracerProvider);
    this.providers = { ...this.providers, tracerProvider };
    this.configureTracing(this.getConfig());
  }

  override setMeterProvider(meterProvider: MeterProvider): void {
    super.setMeterProvider(meterProvider);
    this.providers = { ...this.providers, meterProvider };
    this.configureTracing(this.getConfig());
  }

  private ownTracing(): DriverTracing {
    this.driverTracing ??= new DriverTracing();
    return this.driverTracing;
  }

  private configureTracing({ enabled: _, ...options }: DuckDBInstrumentationConfig): void {
    this.ownTracing().configure({ ...this.providers, ...options });
  }
}
