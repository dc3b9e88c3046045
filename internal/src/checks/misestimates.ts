import type { CheckedOperator } from './checked-operator.ts';

export interface MisestimateLimits {
  /** By which estimated and actual rows differ. */
  readonly factor: number;
  /** Rows by which they differ. */
  readonly rows: number;
}

/**
 * Estimates of joins multiply, so that a factor of 3 is normal: each of the 22 queries of TPC-H has one. Ten is
 * more than the sides of most joins differ, so that it can swap them. The rows keep small tables out, whose joins cost
 * little in any order.
 */
export const MISESTIMATE: MisestimateLimits = { factor: 10, rows: 100_000 };

/** The rows that an operator was planned for and gave. */
export interface Misestimate {
  readonly estimated: number;
  readonly actual: number;
}

/**
 * The operators whose rows the planner misjudged, where the order of joins above depends on it. Of those above one
 * another only the lowest: the others inherit its mistake.
 *
 * @param ignored ids of operators whose rows say nothing, because a limit stopped them
 * @returns by id of the operator
 */
export function findMisestimates(
  operators: readonly CheckedOperator[],
  limits: MisestimateLimits,
  ignored: ReadonlySet<string>,
): Map<string, Misestimate> {
  const found = new Map<string, Misestimate>();
  /** Common table expressions whose rows were misjudged, by the index of their table. */
  const expressions = new Set<string | undefined>();
  const look = (operator: CheckedOperator, isJoined: boolean, parent?: CheckedOperator): boolean => {
    const { children, type } = operator;
    if (type === 'CTE_SCAN') return expressions.has(operator.cteIndex);
    const isSubquery = parent !== undefined && isDelimJoin(parent) && operator === parent.children[1];
    // On the rows of a correlated subquery only the joins within it depend.
    const isJoinedBelow = !isSubquery && (isJoined || isPlannedJoin(operator));
    const below = children.map((child) => {
      const isMisjudged = look(child, isJoinedBelow || isReadInJoin(operator, child), operator);
      if (isMisjudged && type === 'CTE') expressions.add(operator.tableIndex);
      return isMisjudged;
    });
    if (below.includes(true)) return true;
    const misestimate = ignored.has(operator.id) ? undefined : misestimateOf(operator, limits);
    if (misestimate !== undefined && isJoined) found.set(operator.id, misestimate);
    return misestimate !== undefined;
  };
  for (const operator of operators) look(operator, false);
  return found;
}

/** Present if the planner expected another number of rows, by far. */
function misestimateOf(operator: CheckedOperator, limits: MisestimateLimits): Misestimate | undefined {
  const { estimatedRows: estimated, rows: actual } = operator;
  // What a filter takes away that came up only while the query ran was not for the planner to know.
  if (estimated === undefined || actual === undefined || operator.hasDynamicFilter) return undefined;
  if (isOwnJoin(operator) || inheritsEstimate(operator)) return undefined;
  const [low, high] = estimated < actual ? [estimated, actual] : [actual, estimated];
  return high - low >= limits.rows && high >= limits.factor * Math.max(low, 1) ? { estimated, actual } : undefined;
}

/** Row numbers, by which DuckDB fetches the other columns of rows that it has chosen. */
const ROW_NUMBERS = /^(?:rowid = rowid|file_index = file_index|file_row_number = file_row_number)$/;

/** Whether DuckDB added a join itself, outside of the join order. */
export function isOwnJoin({ joinConditions }: Pick<CheckedOperator, 'joinConditions'>): boolean {
  return joinConditions.length > 0 && joinConditions.every((condition) => ROW_NUMBERS.test(condition));
}

/** Scans of rows that were made elsewhere in the plan, where the mistake is, and the distinct rows of a delim join. */
function inheritsEstimate({ type, children }: CheckedOperator): boolean {
  return type === 'COLUMN_DATA_SCAN' || (children.length === 0 && !type.endsWith('SCAN'));
}

/** A join whose place or sides DuckDB chooses by estimates. Where a correlated subquery is joined, the query itself says. */
function isPlannedJoin(operator: CheckedOperator): boolean {
  if (isDelimJoin(operator)) return false;
  return (operator.type.endsWith('JOIN') || operator.type === 'CROSS_PRODUCT') && !isOwnJoin(operator);
}

/** Joins what a correlated subquery gives for each distinct row: children are the rows, that join, and the distinct rows. */
function isDelimJoin({ type }: CheckedOperator): boolean {
  return type.endsWith('DELIM_JOIN');
}

/** The first child of a CTE makes the rows that the second one reads. */
function isReadInJoin({ type, children }: CheckedOperator, child: CheckedOperator): boolean {
  return type === 'CTE' && child === children[0] && children.slice(1).some(hasJoin);
}

function hasJoin(operator: CheckedOperator): boolean {
  return isPlannedJoin(operator) || operator.children.some(hasJoin);
}
