import { FUNCTION_NAMES } from './function-names.ts';

const wordSet = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Words that structure queries and expressions as engines display them; they stand between names, not for one. */
export const STRUCTURE_WORDS: ReadonlySet<string> = wordSet(`
  all and anti any as asc asof between bf by case cast collate cross current desc distinct else end escape except exclude
  exists false filter first following from full glob group groups having ilike in inner intersect into is isnull join
  lambda last left like limit not notnull null nulls of offset on or order outer over partition positional preceding
  qualify range recursive right row rows select semi similar some subquery then ties to true try_cast unbounded union
  unpivot using values when where window with within without zone`);

/** Words that may stand where a literal is expected: a literal follows them, or they say that there is none. */
export const VALUE_WORDS: ReadonlySet<string> = wordSet(`
  all any array bf case cast current_date current_time current_timestamp date default exists false interval map not null row
  some struct subquery time timestamp timestamptz true try_cast`);

/** Names of types, in lower case. */
export const TYPE_WORDS: ReadonlySet<string> = wordSet(`
  array bigint bignum binary bit bitstring blob bool boolean bpchar bytea char date datetime dec decimal double enum float
  float4 float8 geometry guid hugeint int int1 int2 int4 int8 int16 int32 int64 int128 integer integral interval json list
  long map null numeric nvarchar oid precision real short signed smallint string struct text time time_ns timestamp
  timestamp_ms timestamp_ns timestamp_s timestamp_us timestamptz timetz tinyint type ubigint uhugeint uint8 uint16 uint32
  uint64 uint128 uinteger union usmallint utinyint uuid varbinary varchar variant varint`);

/** Names of operators as DuckDB displays them. */
export const OPERATOR_NAMES: ReadonlySet<string> = wordSet(`
  AGGREGATE ANY_JOIN ASOF_JOIN ATTACH BATCH_COPY_TO_FILE BATCH_CREATE_TABLE_AS BATCH_INSERT BLOCKWISE_NL_JOIN CHUNK_GET
  CHUNK_SCAN COLUMN_DATA_SCAN COMPARISON_JOIN COPY_TO_FILE CREATE_INDEX CREATE_TABLE CREATE_TABLE_AS CREATE_VIEW
  CROSS_PRODUCT CTE CTE_SCAN DELETE DELIM_GET DELIM_JOIN DELIM_SCAN DUMMY_SCAN EMPTY_RESULT EXPLAIN EXPLAIN_ANALYZE
  EXPRESSION_GET EXPRESSION_SCAN FILTER GET HASH_GROUP_BY HASH_JOIN IE_JOIN INDEX_SCAN INOUT_FUNCTION INSERT
  LEFT_DELIM_JOIN LIMIT LIMIT_PERCENT MARK MATERIALIZED_CTE MERGE_INTO NESTED_LOOP_JOIN ORDER_BY PARQUET_SCAN
  PARTITIONED_AGGREGATE PERFECT_HASH_GROUP_BY PIECEWISE_MERGE_JOIN PIVOT POSITIONAL_JOIN POSITIONAL_SCAN PROJECTION RANGE
  READ_CSV READ_CSV_AUTO READ_JSON READ_JSON_AUTO READ_PARQUET REC_CTE RECURSIVE_CTE RESERVOIR_SAMPLE RESULT_COLLECTOR
  RIGHT_DELIM_JOIN SAMPLE SEQ_SCAN SIMPLE_AGGREGATE SINGLE STREAMING_LIMIT STREAMING_SAMPLE STREAMING_WINDOW TABLE_SCAN
  TOP_N UNGROUPED_AGGREGATE UNION UNNEST UPDATE WINDOW`);

/** Tells whether a word names a type of SQL, in any case. */
export function isTypeWord(word: string): boolean {
  return TYPE_WORDS.has(word.toLowerCase());
}

/** Tells whether a word is the name of a function that DuckDB brings along. */
export function isFunctionName(word: string): boolean {
  const name = word.toLowerCase();
  return FUNCTION_NAMES.has(name) || name.startsWith('__internal_');
}
