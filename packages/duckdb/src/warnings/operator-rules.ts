import type { RunWarning } from '@planscope/plan';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import { countsRows } from '../report/counts-rows.ts';
import { estimatedRows } from '../report/operator-attributes.ts';
import type { WarningThresholds } from './warning-thresholds.ts';

/** Looks at one finished operator. */
export type OperatorRule = (operator: ProfiledOperator, thresholds: WarningThresholds) => RunWarning | undefined;

const isMisestimated = (operator: ProfiledOperator, thresholds: WarningThresholds): boolean => {
  const estimated = estimatedRows(operator.extraInfo);
  // What a filter takes away that came up only while the query ran was not for the planner to know.
  if (estimated === undefined || !countsRows(operator) || 'Dynamic Filters' in operator.extraInfo) return false;
  const [low, high] = estimated < operator.rows ? [estimated, operator.rows] : [operator.rows, estimated];
  return high - low >= thresholds.misestimatedRows && high >= thresholds.misestimateFactor * Math.max(low, 1);
};

/** The planner expected other numbers of rows. Told of the lowest operator: what is above it inherits the mistake. */
const misestimate: OperatorRule = (operator, thresholds) => {
  if (!isMisestimated(operator, thresholds)) return undefined;
  if (operator.children.some((child) => isMisestimated(child, thresholds))) return undefined;
  return {
    code: 'cardinality-misestimated',
    message: `${operator.name} was planned for ${estimatedRows(operator.extraInfo)} rows and gave ${operator.rows}; joins above it may be in the wrong order, so filter or aggregate earlier, or put what is below it into a table of its own`,
    operator: operator.name,
  };
};

/** A join gives many more rows than go in. */
const explodingJoin: OperatorRule = (operator, { explodingJoinFactor, explodingJoinRows }) => {
  if (!operator.type.endsWith('JOIN') && operator.type !== 'CROSS_PRODUCT') return undefined;
  const largest = Math.max(...operator.children.map(({ rows }) => rows), 1);
  if (operator.rows < explodingJoinRows || operator.rows < explodingJoinFactor * largest) return undefined;
  return {
    code: 'exploding-join',
    message: `${operator.name} made ${operator.rows} rows of at most ${largest} on a side; check that its condition names the whole key`,
    operator: operator.name,
  };
};

/** A filter throws away most of what a scan below it had to read in full. */
const unpushedFilter: OperatorRule = (operator, { unpushedFilterRows, unpushedFilterShare }) => {
  const [below] = operator.children;
  if (operator.type !== 'FILTER' || below === undefined || !isScan(below)) return undefined;
  if (below.rows < unpushedFilterRows || operator.rows > unpushedFilterShare * below.rows) return undefined;
  return {
    code: 'filter-not-pushed-down',
    message: `a filter kept ${operator.rows} of ${below.rows} rows that ${below.name} had to read; compare plain columns with constants, without functions or casts, or keep the data as Parquet`,
    operator: operator.name,
  };
};

function isScan(operator: ProfiledOperator): boolean {
  if (operator.type === 'PROJECTION') return operator.children.some(isScan);
  return operator.type === 'TABLE_SCAN';
}

export const operatorRules: readonly OperatorRule[] = [misestimate, explodingJoin, unpushedFilter];
