import type { ExtraInfo, ProfiledOperator } from './query-profile.ts';

/** DuckDB's title of the rows that the planner expected. */
export const ESTIMATED_ROWS = 'Estimated Cardinality';

/** Rows the planner expected; undefined where DuckDB does not say. */
export function estimatedRows(extraInfo: ExtraInfo): number | undefined {
  const value = String(extraInfo[ESTIMATED_ROWS]);
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Operators that hand on rows past their own counter, which then says 0. */
const UNCOUNTED: ReadonlySet<string> = new Set([
  'CTE',
  'DELIM_SCAN',
  // One that ran has a row. Below a delim join it is only a placeholder for the side that the join above has kept.
  'DUMMY_SCAN',
  'LEFT_DELIM_JOIN',
  'RIGHT_DELIM_JOIN',
]);

/** Whether DuckDB counted the rows that an operator put out; where it did not, its 0 means nothing. */
export function countsRows(operator: ProfiledOperator, parent?: ProfiledOperator): boolean {
  if (operator.rows > 0) return true;
  return !UNCOUNTED.has(operator.type) && parent?.type !== 'POSITIONAL_SCAN';
}
