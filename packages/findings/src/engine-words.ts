import { ATTR_DUCKDB_OPERATOR_TYPE, DUCKDB_INFO_PREFIX } from '@planscope/internal/checks/duckdb-keys';
import type { Operator } from '@planscope/run-model';

/** The number of the common table expression that an operator makes, and the one that it reads. */
export const TABLE_INDEX: string = `${DUCKDB_INFO_PREFIX}table_index`;
export const CTE_INDEX: string = `${DUCKDB_INFO_PREFIX}cte_index`;
/** Field of a scan with the filters that other operators passed to it while the query ran. */
export const DYNAMIC_FILTER = 'dynamic_filter';

/** The types of other engines' operators in the words of DuckDB. */
const TYPES: Partial<Readonly<Record<Operator['kind'], string>>> = {
  scan: 'TABLE_SCAN',
  filter: 'FILTER',
  projection: 'PROJECTION',
  join: 'HASH_JOIN',
  aggregate: 'HASH_GROUP_BY',
  sort: 'ORDER_BY',
  limit: 'LIMIT',
  window: 'WINDOW',
};

/** Joins that compare each row of one side with each of the other. */
const PRODUCT = /cross|nested_?loop/i;

/** The type of an operator in the words of DuckDB. */
export function operatorType({ details, kind, name }: Operator): string {
  const type = details[ATTR_DUCKDB_OPERATOR_TYPE];
  if (typeof type === 'string') return type;
  if (kind === 'join' && PRODUCT.test(name)) return 'CROSS_PRODUCT';
  if (kind === 'sort' && /top/i.test(name)) return 'TOP_N';
  return TYPES[kind] ?? name;
}
