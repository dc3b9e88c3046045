import type { RunWarning } from '@planscope/plan';
import type { FileActivity } from '../events/file-activity.ts';
import type { ProfiledOperator, QueryProfile } from '../profile/query-profile.ts';
import { countsRows, estimatedRows } from '../report/operator-attributes.ts';
import { cutShort, numberedOperators } from '../report/operator-reports.ts';
import type { WarningThresholds } from './warning-thresholds.ts';

/** A warning and the operator of the report it is about; none where it is about the query. */
export interface FoundWarning {
  readonly warning: RunWarning;
  readonly operatorId?: string;
}

/** What a finished query left to look at. */
export interface WarningEvidence {
  readonly profile: QueryProfile;
  /** Whose reads and writes are known, by the operator's id. */
  readonly owners: ReadonlyMap<FileActivity, string>;
}

/** Everything worth a warning in a query that came to its end. The messages hold no data and no names from the query. */
export function findWarnings(evidence: WarningEvidence, thresholds: WarningThresholds): FoundWarning[] {
  const { profile, owners } = evidence;
  return [
    ...ofOperators(profile.operators, thresholds),
    ...[...owners].flatMap(([entry, operatorId]) => withOperator(smallReads(entry, thresholds), operatorId)),
    ...withOperator(spill(profile)),
  ];
}

function ofOperators(operators: readonly ProfiledOperator[], thresholds: WarningThresholds): FoundWarning[] {
  const unfinished = cutShort(operators);
  const misjudged = misestimates(operators, thresholds, unfinished);
  return [...numberedOperators(operators)]
    .filter(([, operator]) => !unfinished.has(operator))
    .flatMap(([id, operator]) => [
      ...withOperator(misjudged.get(operator), id),
      ...operatorRules.flatMap((rule) => withOperator(rule(operator, thresholds), id)),
    ]);
}

/** A path of this machine has none; each request to another one takes a round trip. */
const REMOTE = /^(?!file:)[a-z][a-z\d+.-]+:\/\//i;

function smallReads(entry: FileActivity, thresholds: WarningThresholds): RunWarning | undefined {
  const { operation, path, requests, bytes } = entry;
  if (operation !== 'read' || !REMOTE.test(path) || requests < thresholds.smallReadRequests) return undefined;
  const mean = Number(bytes) / requests;
  if (mean > thresholds.smallReadBytes) return undefined;
  return {
    code: 'small-reads',
    message: `a remote file was read in ${requests} requests of ${Math.round(mean)} bytes on average; write it with larger row groups, or read fewer columns`,
  };
}

function spill({ peakTemporaryStorage }: QueryProfile): RunWarning | undefined {
  if (peakTemporaryStorage === 0) return undefined;
  return {
    code: 'spilled-to-disk',
    message: `DuckDB put up to ${peakTemporaryStorage} bytes on disk while the query ran, because memory did not suffice; raise memory_limit, or have it keep fewer rows at a time`,
  };
}

function withOperator(warning: RunWarning | undefined, operatorId?: string): FoundWarning[] {
  if (warning === undefined) return [];
  return [{ warning, ...(operatorId === undefined ? {} : { operatorId }) }];
}

/** Looks at one finished operator. */
type OperatorRule = (operator: ProfiledOperator, thresholds: WarningThresholds) => RunWarning | undefined;

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

const operatorRules: readonly OperatorRule[] = [explodingJoin, unpushedFilter];

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

/**
 * The operators whose rows the planner misjudged, where the order of joins above depends on it. Of those above one
 * another only the lowest: the others inherit its mistake.
 *
 * @param ignored operators whose rows say nothing
 */
function misestimates(
  operators: readonly ProfiledOperator[],
  thresholds: WarningThresholds,
  ignored: ReadonlySet<ProfiledOperator>,
): Map<ProfiledOperator, RunWarning> {
  const found = new Map<ProfiledOperator, RunWarning>();
  /** Common table expressions whose rows were misjudged, by the index of their table. */
  const expressions = new Set<unknown>();
  const look = (operator: ProfiledOperator, isJoined: boolean, parent?: ProfiledOperator): boolean => {
    const { children, name, rows, type, extraInfo } = operator;
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
    found.set(operator, {
      code: 'cardinality-misestimated',
      message: `${name} was planned for ${estimatedRows(extraInfo)} rows and gave ${rows}; joins above it may be in the wrong order, so filter or aggregate earlier, or put what is below it into a table of its own`,
      operator: name,
    });
    return true;
  };
  for (const operator of operators) look(operator, false);
  return found;
}

/** The first child of a CTE makes the rows that the second one reads. */
function isReadInJoin({ type, children }: ProfiledOperator, child: ProfiledOperator): boolean {
  return type === 'CTE' && child === children[0] && children.slice(1).some(hasJoin);
}

function hasJoin(operator: ProfiledOperator): boolean {
  return isPlannedJoin(operator) || operator.children.some(hasJoin);
}
