import type { WarningDefinition } from '@planscope/semconv';
import { countsRows, estimatedRows } from '../profile/operator-rows.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import type { WarningThresholds } from './warning-thresholds.ts';

export const misestimate: WarningDefinition = {
  code: 'cardinality-misestimated',
  about: 'query',
  meaning:
    'Below a join, an operator gave at least 10 times more or fewer rows than the planner expected, and at least 100,000 rows more or fewer. Of operators above one another, the lowest has the warning.',
  advice:
    'Filter or aggregate earlier, or store the rows below the operator in a table, so that joins above it are ordered by real numbers.',
  setBy: ['duckdb'],
};

/**
 * The operators whose rows the planner misjudged, where the order of joins above depends on it. Of those above one
 * another only the lowest: the others inherit its mistake.
 *
 * @param ignored operators whose rows say nothing
 * @returns the message of the warning, by operator
 */
export function findMisestimates(
  operators: readonly ProfiledOperator[],
  thresholds: WarningThresholds,
  ignored: ReadonlySet<ProfiledOperator>,
): Map<ProfiledOperator, string> {
  const found = new Map<ProfiledOperator, string>();
  /** Common table expressions whose rows were misjudged, by the index of their table. */
  const expressions = new Set<unknown>();
  const look = (operator: ProfiledOperator, isJoined: boolean, parent?: ProfiledOperator): boolean => {
    const { children, name, rows = 0, type, extraInfo } = operator;
    if (type === 'CTE_SCAN') return expressions.has(extraInfo['CTE Index']);
    const isSubquery = parent !== undefined && isDelimJoin(parent) && operator === parent.children[1];
    // On the rows of a correlated subquery only the joins within it depend.
    const isJoinedBelow = !isSubquery && (isJoined || isPlannedJoin(operator));
    const below = children.map((child) => {
      const isMisjudged = look(child, isJoinedBelow || isReadInJoin(operator, child), operator);
      if (isMisjudged && type === 'CTE') expressions.add(extraInfo['Table Index']);
      return isMisjudged;
    });
    if (below.includes(true)) return true;
    if (ignored.has(operator) || !isMisestimated(operator, thresholds)) return false;
    if (!isJoined) return true;
    found.set(
      operator,
      `${name} was planned for ${estimatedRows(extraInfo)} rows and gave ${rows}; joins above it may be in the wrong order, so filter or aggregate earlier, or put what is below it into a table of its own`,
    );
    return true;
  };
  for (const operator of operators) look(operator, false);
  return found;
}

/** Whether the planner expected other numbers of rows, by far. */
function isMisestimated(operator: ProfiledOperator, thresholds: WarningThresholds): boolean {
  const estimated = estimatedRows(operator.extraInfo);
  // What a filter takes away that came up only while the query ran was not for the planner to know.
  if (estimated === undefined || !countsRows(operator) || 'Dynamic Filters' in operator.extraInfo) return false;
  if (isOwnJoin(operator) || inheritsEstimate(operator)) return false;
  const [low, high] = estimated < operator.rows ? [estimated, operator.rows] : [operator.rows, estimated];
  return high - low >= thresholds.misestimatedRows && high >= thresholds.misestimateFactor * Math.max(low, 1);
}

/** Row numbers, by which DuckDB fetches the other columns of rows that it has chosen. */
const ROW_NUMBERS = /^(?:rowid = rowid|file_index = file_index|file_row_number = file_row_number)$/;

/** A join that DuckDB adds itself, outside of the join order. */
function isOwnJoin({ extraInfo: { Conditions = [] } }: ProfiledOperator): boolean {
  const conditions = [Conditions].flat();
  return conditions.length > 0 && conditions.every((condition) => ROW_NUMBERS.test(condition));
}

/** Scans of rows that were made elsewhere in the plan, where the mistake is, and the distinct rows of a delim join. */
function inheritsEstimate({ type, children }: ProfiledOperator): boolean {
  return type === 'COLUMN_DATA_SCAN' || (children.length === 0 && !type.endsWith('SCAN'));
}

/** A join whose place or sides DuckDB chooses by estimates. Where a correlated subquery is joined, the query itself says. */
function isPlannedJoin(operator: ProfiledOperator): boolean {
  if (isDelimJoin(operator)) return false;
  return (operator.type.endsWith('JOIN') || operator.type === 'CROSS_PRODUCT') && !isOwnJoin(operator);
}

/** Joins what a correlated subquery gives for each distinct row: children are the rows, that join, and the distinct rows. */
function isDelimJoin({ type }: ProfiledOperator): boolean {
  return type.endsWith('DELIM_JOIN');
}

/** The first child of a CTE makes the rows that the second one reads. */
function isReadInJoin({ type, children }: ProfiledOperator, child: ProfiledOperator): boolean {
  return type === 'CTE' && child === children[0] && children.slice(1).some(hasJoin);
}

function hasJoin(operator: ProfiledOperator): boolean {
  return isPlannedJoin(operator) || operator.children.some(hasJoin);
}
