// For tools that read profiles: apart from the other exports, because none of this loads the driver.
export { duckdbDialect } from '../dialect/duckdb-dialect.ts';
export { DuckDBError, type DuckDBErrorCode } from '../duckdb-error.ts';
export {
  type DuckDBProfileOptions,
  type DuckDBProfileReading,
  readDuckDBProfile,
} from '../report/read-duckdb-profile.ts';
export { duckdbSchema } from '../semconv.ts';
