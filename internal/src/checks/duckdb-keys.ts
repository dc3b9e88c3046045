/** Keys of DuckDB's attributes and names of its metrics that the checks of both its warnings and the findings read; DuckDB's registry defines them. */
export const ATTR_DUCKDB_OPERATOR_TYPE = 'duckdb.operator.type';
export const ATTR_DUCKDB_ROWS_SCANNED = 'duckdb.rows_scanned';
export const ATTR_DUCKDB_RESULT_SET_SIZE = 'duckdb.result_set_size';
export const METRIC_LEAST_SPILLED_BYTES = 'least_spilled_bytes';
/** Followed by a title of DuckDB in snake case that has no key of its own. */
export const DUCKDB_INFO_PREFIX = 'duckdb.info.';
