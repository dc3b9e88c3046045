import type { ExtraInfo, ProfiledOperator } from './query-profile.ts';

/** DuckDB's title for the estimated rows. */
export const ESTIMATED_ROWS = 'Estimated Cardinality';

/** The planner's estimate of the rows; undefined if DuckDB reports none. */
export function estimatedRows(extraInfo: ExtraInfo): number | undefined {
  const value = String(extraInfo[ESTIMATED_ROWS]);
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Operators that pass rows on without counting them, so that their counter is 0. */
const UNCOUNTED: ReadonlySet<string> = new Set([
  'CTE',
  'DELIM_SCAN',
  // It has one row when it runs. Below a delim join it is only a placeholder for the side that the join keeps.
  'DUMMY_SCAN',
  'EXECUTE',
  'LEFT_DELIM_JOIN',
  'RIGHT_DELIM_JOIN',
]);
/** Operators that run their children themselves, so that the counters of these are 0. */
const RUNS_CHILDREN: ReadonlySet<string> = new Set(['MERGE_INTO', 'POSITIONAL_SCAN']);

/** Whether DuckDB counted the output rows of an operator. If not, its count of 0 has no meaning. */
export function countsRows<Operator extends ProfiledOperator>(
  operator: Operator,
  parent?: ProfiledOperator,
): operator is Operator & { readonly rows: number } {
  const { rows, type, children } = operator;
  if (rows === undefined) return false;
  if (rows > 0) return true;
  // DuckDB 2 does not count the rows of a UNION, DuckDB 1.5 does.
  if (type === 'UNION' && children.some((child) => child.rows !== 0)) return false;
  return !UNCOUNTED.has(type) && !RUNS_CHILDREN.has(parent?.type ?? '');
}

/**
 * The output rows of operators together. For an operator that does not count, those of the operators that make its
 * rows.
 *
 * @returns undefined if DuckDB did not count them
 */
export function producedRows(operators: readonly ProfiledOperator[]): number | undefined {
  let sum = 0;
  for (const operator of operators) {
    const rows = countsRows(operator) ? operator.rows : producedRowsBelow(operator);
    if (rows === undefined) return undefined;
    sum += rows;
  }
  return sum;
}

function producedRowsBelow({ type, children }: ProfiledOperator): number | undefined {
  if (type === 'UNION') return producedRows(children);
  // The last child of a CTE reads the rows of the first one.
  if (type === 'CTE' || type === 'EXECUTE') return children.length === 0 ? undefined : producedRows(children.slice(-1));
  return undefined;
}
