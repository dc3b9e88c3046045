/**
 * An operator as the checks see it. The warnings of an engine make it from a profile, the findings from the model of a
 * run, so that both judge by the same rules.
 */
export interface CheckedOperator {
  readonly id: string;
  /** `READ_PARQUET`, `HASH_JOIN`. */
  readonly name: string;
  /** The engine's type of the operator, in the words of DuckDB: `TABLE_SCAN`, `HASH_JOIN`, `DELIM_SCAN`. */
  readonly type: string;
  /** Undefined if the engine did not count them. */
  readonly rows: number | undefined;
  readonly estimatedRows: number | undefined;
  /** For a hash join: the side that is probed, then the side whose hash table is built. */
  readonly children: readonly CheckedOperator[];
  readonly joinConditions: readonly string[];
  /** Whether other operators passed a filter to it while the query ran. */
  readonly hasDynamicFilter: boolean;
  /** Whether it reads a table or files, and not rows that the query made. */
  readonly readsData: boolean;
  /** The number of the common table expression that it makes. */
  readonly tableIndex: string | undefined;
  /** The number of the common table expression that it reads. */
  readonly cteIndex: string | undefined;
}
