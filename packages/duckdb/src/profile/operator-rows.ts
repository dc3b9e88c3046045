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
  'LEFT_DELIM_JOIN',
  'RIGHT_DELIM_JOIN',
]);

/** Whether DuckDB counted the output rows of an operator. If not, its count of 0 has no meaning. */
export function countsRows(operator: ProfiledOperator, parent?: ProfiledOperator): boolean {
  if (operator.rows > 0) return true;
  return !UNCOUNTED.has(operator.type) && parent?.type !== 'POSITIONAL_SCAN';
}
