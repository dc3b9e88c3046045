import type { RunWarning } from '@planscope/plan';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import type { WarningThresholds } from './warning-thresholds.ts';

/** Looks at one finished operator. */
export type OperatorRule = (operator: ProfiledOperator, thresholds: WarningThresholds) => RunWarning | undefined;

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
  const scan = operator.type === 'FILTER' ? scanBelow(operator) : undefined;
  const reason = scan && whyNotPushed(scan);
  if (scan === undefined || reason === undefined) return undefined;
  if (scan.rows < unpushedFilterRows || operator.rows > unpushedFilterShare * scan.rows) return undefined;
  return {
    code: 'filter-not-pushed-down',
    message: `a filter kept ${operator.rows} of ${scan.rows} rows that ${scan.name} had to read; ${reason}`,
    operator: operator.name,
  };
};

function scanBelow({ children: [below] }: ProfiledOperator): ProfiledOperator | undefined {
  return below?.type === 'PROJECTION' ? scanBelow(below) : below?.type === 'TABLE_SCAN' ? below : undefined;
}

const TEXT_FORMATS = /CSV|JSON/;

/** Why a filter stayed above its scan; undefined where no other data and no other filter would change that. */
function whyNotPushed({ name, extraInfo }: ProfiledOperator): string | undefined {
  if (TEXT_FORMATS.test(name))
    return 'a text format is read in full before it is filtered, so keep the data as Parquet';
  if (extraInfo['Filename(s)'] === undefined && extraInfo.Table === undefined) return undefined;
  return 'DuckDB applies a condition while it reads only if it is on one column and has no volatile function, so keep what it computes of several as a column of its own';
}

export const operatorRules: readonly OperatorRule[] = [explodingJoin, unpushedFilter];
