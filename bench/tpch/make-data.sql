-- TPC-H of scale factor 1 in the folder where the DuckDB command line runs: tpch.duckdb, one Parquet file a table, and the
-- 22 queries. `duckdb < make-data.sql`, in the version that the driver has.
INSTALL tpch;
LOAD tpch;
ATTACH 'tpch.duckdb' AS tpch;
USE tpch;
CALL dbgen(sf = 1);
EXPORT DATABASE '.' (FORMAT parquet);
COPY (FROM tpch_queries() ORDER BY query_nr) TO 'queries.json' (FORMAT json, ARRAY true);
