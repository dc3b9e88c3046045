// For users

export { DuckDBInstrumentation, type DuckDBInstrumentationConfig } from './duckdb-instrumentation.ts';
