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

/**
 * DuckDB's vocabulary, for the redaction of its SQL, plans and errors. Pass it as `dialect` to the functions of
 * `@planscope/redaction` and to the recorders of the instrumentation packages.
 */
export const duckdbDialect: SqlDialect = {
  keywords: KEYWORDS,
  types: TYPES,
  functions: FUNCTIONS,
  // A join can pass a Bloom filter down as the filter `BF(…)`.
  planWords: ['bf'],
  wordOptions: ['type', 'provider', 'format', 'compression', 'codec', 'partition_by', 'force_quote', 'force_not_null'],
  namePragmas: ['table_info', 'storage_info', 'show'],
  errors: ERRORS,
};
