import type { SqlDialect } from '@planscope/redaction';
import { ERRORS } from './error-messages.ts';
import { FUNCTIONS } from './functions.ts';
import { KEYWORDS } from './keywords.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Names of types, in lower case. */
const TYPES = words(`
  array bigint bignum binary bit bitstring blob bool boolean bpchar bytea char date datetime dec decimal double enum float
  float4 float8 geometry guid hugeint int int1 int2 int4 int8 int16 int32 int64 int128 integer integral interval json list
  long map null numeric nvarchar oid precision real short signed smallint string struct text time time_ns timestamp
  timestamp_ms timestamp_ns timestamp_s timestamp_us timestamptz timetz tinyint type ubigint uhugeint uint8 uint16 uint32
  uint64 uint128 uinteger union usmallint utinyint uuid varbinary varchar variant varint`);

/** Names of operators as plans display them. */
const OPERATORS = words(`
  AGGREGATE ANY_JOIN ASOF_JOIN ATTACH BATCH_COPY_TO_FILE BATCH_CREATE_TABLE_AS BATCH_INSERT BLOCKWISE_NL_JOIN CHUNK_GET
  CHUNK_SCAN COLUMN_DATA_SCAN COMPARISON_JOIN COPY_TO_FILE CREATE_INDEX CREATE_TABLE CREATE_TABLE_AS CREATE_VIEW
  CROSS_PRODUCT CTE CTE_SCAN DELETE DELIM_GET DELIM_JOIN DELIM_SCAN DUMMY_SCAN EMPTY_RESULT EXPLAIN EXPLAIN_ANALYZE
  EXPRESSION_GET EXPRESSION_SCAN FILTER GET HASH_GROUP_BY HASH_JOIN IE_JOIN INDEX_SCAN INOUT_FUNCTION INSERT
  LEFT_DELIM_JOIN LIMIT LIMIT_PERCENT MARK MATERIALIZED_CTE MERGE_INTO NESTED_LOOP_JOIN ORDER_BY PARQUET_SCAN
  PARTITIONED_AGGREGATE PERFECT_HASH_GROUP_BY PIECEWISE_MERGE_JOIN PIVOT POSITIONAL_JOIN POSITIONAL_SCAN PROJECTION RANGE
  READ_CSV READ_CSV_AUTO READ_JSON READ_JSON_AUTO READ_PARQUET REC_CTE RECURSIVE_CTE RESERVOIR_SAMPLE RESULT_COLLECTOR
  RIGHT_DELIM_JOIN SAMPLE SEQ_SCAN SIMPLE_AGGREGATE SINGLE STREAMING_LIMIT STREAMING_SAMPLE STREAMING_WINDOW TABLE_SCAN
  TOP_N UNGROUPED_AGGREGATE UNION UNNEST UPDATE WINDOW`);

/**
 * The words of DuckDB, for the redaction of its SQL, plans and errors: the functions of `@planscope/redaction` and the
 * recorders of the instrumentation packages take it as `dialect`.
 */
export const duckdbDialect: SqlDialect = {
  keywords: KEYWORDS,
  types: TYPES,
  functions: FUNCTIONS,
  operators: OPERATORS,
  // A filter that a join makes of a bloom filter: `BF(…)`.
  planWords: ['bf'],
  wordOptions: ['type', 'provider', 'format', 'compression', 'codec', 'partition_by', 'force_quote', 'force_not_null'],
  namePragmas: ['table_info', 'storage_info', 'show'],
  errors: ERRORS,
};
