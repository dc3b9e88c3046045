// For users

export type { DriverTracingOptions } from '../trace/driver-tracing.ts';
export { DuckDBInstrumentation, type DuckDBInstrumentationConfig } from './duckdb-instrumentation.ts';
