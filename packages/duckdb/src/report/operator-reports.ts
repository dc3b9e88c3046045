import { cutShort } from '@planscope/internal/checks/cut-short';
import type { MetricReport, OperatorReport, TimeWindow } from '@planscope/plan';
import {
  ATTR_WARNING_CODES,
  ATTR_WARNING_COUNT,
  METRIC_CUMULATIVE_COMPUTE,
  METRIC_ELAPSED_COMPUTE,
  METRIC_ESTIMATED_ROWS,
  METRIC_OUTPUT_ROWS,
  METRIC_REDUCTION_FACTOR,
  METRIC_ROW_GROUPS_SCANNED,
  METRIC_SELECTIVITY,
} from '@planscope/semconv';
import { countsRows, estimatedRows } from '../profile/operator-rows.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import {
  filesOpened,
  filesPruned,
  operatorAttributes,
  operatorFields,
  type ReportedAttributes,
} from './operator-attributes.ts';
import { rowGroupCounts } from './row-groups.ts';

/** What is known about operators besides the profile, by operator id. */
export interface OperatorDetails {
  /** Of the reads and writes that are known to be its own. */
  readonly metrics?: ReadonlyMap<string, readonly MetricReport[]>;
  readonly attributes?: ReadonlyMap<string, ReportedAttributes>;
  /** From when to when it was seen to work. */
  readonly windows?: ReadonlyMap<string, TimeWindow>;
  /** Codes of the warnings about it. */
  readonly warnings: ReadonlyMap<string, readonly string[]>;
}

/**
 * The operator trees of a profile. DuckDB tells how long each computed, not when: all share the execution's window, except
 * where events show more.
 *
 * @param details what is known of an operator from elsewhere
 */
export function operatorReports(
  operators: readonly ProfiledOperator[],
  window: TimeWindow,
  details: OperatorDetails,
): OperatorReport[] {
  const unfinished = cutShort(operators);
  const report = (operator: ProfiledOperator, id: string, parent?: ProfiledOperator): OperatorReport => ({
    id,
    name: operator.name,
    fields: operatorFields(operator.extraInfo),
    timing: timingOf(details.windows?.get(id), window),
    metrics: [
      ...operatorMetrics(operator, parent),
      ...(operator.rows === undefined || unfinished.has(operator)
        ? []
        : [...rowRatio(operator, parent), ...filesOpened(operator)]),
      ...filesPruned(operator),
      ...scannedRowGroups(operator, unfinished.has(operator), details.metrics?.get(id)),
      ...(details.metrics?.get(id) ?? []),
    ],
    attributes: {
      ...operatorAttributes(operator, parent),
      ...details.attributes?.get(id),
      ...warningAttributes(details.warnings.get(id)),
    },
    ...scanned(operator),
    children: operator.children.map((child, index) => report(child, childId(id, index), operator)),
  });
  return operators.map((operator, index) => report(operator, String(index)));
}

function timingOf(observed: TimeWindow | undefined, execution: TimeWindow): OperatorReport['timing'] {
  if (observed === undefined) return { basis: 'execution_window', window: execution };
  return { basis: 'observed_events', window: observed };
}

/** Scans of what the query made itself (of a CTE, of the distinct rows of a delim join) have another type, or neither title. */
function scanned({ type, extraInfo }: ProfiledOperator): Pick<OperatorReport, 'scans'> {
  if (type !== 'TABLE_SCAN') return {};
  // A table of a lake has a name, and files.
  if (extraInfo['Filename(s)'] !== undefined) return { scans: 'files' };
  return extraInfo.Table === undefined ? {} : { scans: 'table' };
}

function warningAttributes(codes: readonly string[] = []): ReportedAttributes {
  if (codes.length === 0) return {};
  return { [ATTR_WARNING_COUNT]: codes.length, [ATTR_WARNING_CODES]: [...new Set(codes)].sort() };
}

/** The operators of a profile with their ids in the report, parents first. */
export function* numberedOperators(
  operators: readonly ProfiledOperator[],
  parent?: string,
): Generator<readonly [id: string, operator: ProfiledOperator]> {
  for (const [index, operator] of operators.entries()) {
    const id = parent === undefined ? String(index) : childId(parent, index);
    yield [id, operator];
    yield* numberedOperators(operator.children, id);
  }
}

export function childId(parent: string, index: number): string {
  return `${parent}.${index}`;
}

function operatorMetrics(operator: ProfiledOperator, parent: ProfiledOperator | undefined): MetricReport[] {
  const estimated = estimatedRows(operator.extraInfo);
  return [
    ...(countsRows(operator, parent)
      ? [{ name: METRIC_OUTPUT_ROWS, type: 'count', unit: '{row}', value: operator.rows } as const]
      : []),
    ...(operator.time === undefined
      ? []
      : [{ name: METRIC_ELAPSED_COMPUTE, type: 'time', unit: 'ns', value: operator.time } as const]),
    ...(operator.cumulativeTime === undefined
      ? []
      : [{ name: METRIC_CUMULATIVE_COMPUTE, type: 'time', unit: 'ns', value: operator.cumulativeTime } as const]),
    ...(estimated === undefined
      ? []
      : [{ name: METRIC_ESTIMATED_ROWS, type: 'gauge', unit: '{row}', value: estimated } as const]),
  ];
}

/** The ratio of output to input rows of a filter or an aggregation, if DuckDB counts both. */
function rowRatio(operator: ProfiledOperator, parent: ProfiledOperator | undefined): MetricReport[] {
  const name =
    operator.type === 'FILTER' ? METRIC_SELECTIVITY : AGGREGATES.test(operator.type) ? METRIC_REDUCTION_FACTOR : '';
  const [input, ...more] = operator.children;
  if (name === '' || input === undefined || more.length > 0) return [];
  if (!countsRows(operator, parent) || !countsRows(input, operator) || input.rows === 0) return [];
  return [{ name, type: 'ratio', unit: '1', value: operator.rows / input.rows }];
}

/** The row groups of a scan of Parquet files that DuckDB 2 counts, unless its log has them. */
function scannedRowGroups(
  { rowGroups, extraInfo }: ProfiledOperator,
  isCutShort: boolean,
  logged: readonly MetricReport[] = [],
): MetricReport[] {
  if (rowGroups === undefined || rowGroups.total === 0 || extraInfo['Filename(s)'] === undefined) return [];
  if (logged.some(({ name }) => name === METRIC_ROW_GROUPS_SCANNED)) return [];
  const { scanned, total } = rowGroups;
  // A scan that a limit stopped did not come to the others.
  return rowGroupCounts(scanned, isCutShort ? undefined : total - scanned);
}

const AGGREGATES =
  /^(?:HASH_GROUP_BY|PERFECT_HASH_GROUP_BY|UNGROUPED_AGGREGATE|SIMPLE_AGGREGATE|PARTITIONED_AGGREGATE|STREAMING_AGGREGATE)$/;
