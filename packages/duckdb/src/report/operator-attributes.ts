import type { ExtraInfo, ProfiledOperator } from '../profile/query-profile.ts';
import {
  ATTR_DUCKDB_AGGREGATES,
  ATTR_DUCKDB_DYNAMIC_FILTERS,
  ATTR_DUCKDB_ESTIMATE_FACTOR,
  ATTR_DUCKDB_EXPRESSIONS,
  ATTR_DUCKDB_FILE_COUNT,
  ATTR_DUCKDB_FILES,
  ATTR_DUCKDB_FILTERS,
  ATTR_DUCKDB_FUNCTION,
  ATTR_DUCKDB_GROUPS,
  ATTR_DUCKDB_JOIN_CONDITIONS,
  ATTR_DUCKDB_JOIN_TYPE,
  ATTR_DUCKDB_LIMIT,
  ATTR_DUCKDB_OFFSET,
  ATTR_DUCKDB_OPERATOR_TYPE,
  ATTR_DUCKDB_ORDER_BY,
  ATTR_DUCKDB_PROJECTIONS,
  ATTR_DUCKDB_RESULT_SET_SIZE,
  ATTR_DUCKDB_ROWS_SCANNED,
  ATTR_DUCKDB_SCAN_TYPE,
  ATTR_DUCKDB_SCANNED_FILES,
  ATTR_DUCKDB_TABLE,
  ATTR_DUCKDB_TOTAL_FILES,
  duckdbInfoKey,
} from '../semconv.ts';
import { countsRows } from './counts-rows.ts';

export type ReportedAttributes = Record<string, string | number | boolean | readonly string[]>;

type Reading = (value: string | readonly string[]) => string | number | readonly string[] | undefined;

const text: Reading = (value) => (typeof value === 'string' ? value : value.join(', '));
const list: Reading = (value) => (typeof value === 'string' ? [value] : value);
const count: Reading = (value) => (/^\d+$/.test(String(value)) ? Number(value) : undefined);

/** Where each title of DuckDB's goes; titles that are not here keep their name. */
const titles: Readonly<Record<string, readonly [key: string, read: Reading]>> = {
  'Join Type': [ATTR_DUCKDB_JOIN_TYPE, text],
  Conditions: [ATTR_DUCKDB_JOIN_CONDITIONS, list],
  Filters: [ATTR_DUCKDB_FILTERS, list],
  'Dynamic Filters': [ATTR_DUCKDB_DYNAMIC_FILTERS, list],
  Projections: [ATTR_DUCKDB_PROJECTIONS, list],
  Expression: [ATTR_DUCKDB_EXPRESSIONS, list],
  Expressions: [ATTR_DUCKDB_EXPRESSIONS, list],
  Groups: [ATTR_DUCKDB_GROUPS, list],
  Aggregates: [ATTR_DUCKDB_AGGREGATES, list],
  'Order By': [ATTR_DUCKDB_ORDER_BY, list],
  Top: [ATTR_DUCKDB_LIMIT, count],
  Offset: [ATTR_DUCKDB_OFFSET, count],
  Function: [ATTR_DUCKDB_FUNCTION, text],
  Table: [ATTR_DUCKDB_TABLE, text],
  Type: [ATTR_DUCKDB_SCAN_TYPE, text],
  'Filename(s)': [ATTR_DUCKDB_FILES, text],
};

const ESTIMATE = 'Estimated Cardinality';
const FILES_READ = 'Total Files Read';
/** `3/6`: how many files filters on their names or folders left to a scan. */
const SCANNING_FILES = 'Scanning Files';

/** What DuckDB tells of an operator, as typed attributes. Texts may hold literals; the recorders redact them. */
export function operatorAttributes(operator: ProfiledOperator, parent?: ProfiledOperator): ReportedAttributes {
  const attributes: ReportedAttributes = {
    [ATTR_DUCKDB_OPERATOR_TYPE]: operator.type,
    [ATTR_DUCKDB_RESULT_SET_SIZE]: operator.resultSetSize,
  };
  if (operator.rowsScanned > 0) attributes[ATTR_DUCKDB_ROWS_SCANNED] = operator.rowsScanned;
  const estimated = estimatedRows(operator.extraInfo);
  if (estimated !== undefined && countsRows(operator, parent)) {
    attributes[ATTR_DUCKDB_ESTIMATE_FACTOR] = factor(estimated, operator.rows);
  }
  for (const [title, value] of Object.entries(operator.extraInfo)) {
    if (title === ESTIMATE || title === FILES_READ || value.length === 0) continue;
    if (title === SCANNING_FILES) {
      Object.assign(attributes, scannedFiles(String(value)));
      continue;
    }
    const [key, read] = titles[title] ?? [duckdbInfoKey(title), list];
    const attribute = read(value);
    if (attribute !== undefined) attributes[key] = attribute;
  }
  return attributes;
}

function scannedFiles(value: string): ReportedAttributes {
  const [, scanned, total] = /^(\d+)\/(\d+)$/.exec(value) ?? [];
  if (scanned === undefined) return {};
  return { [ATTR_DUCKDB_SCANNED_FILES]: Number(scanned), [ATTR_DUCKDB_TOTAL_FILES]: Number(total) };
}

/** How many files a scan read. DuckDB counts those that it has read to their end, so it says 0 of one that was stopped. */
export function filesRead({ extraInfo }: ProfiledOperator): ReportedAttributes {
  const files = Number(extraInfo[FILES_READ]);
  return files > 0 ? { [ATTR_DUCKDB_FILE_COUNT]: files } : {};
}

/** Rows the planner expected; undefined where it does not say. */
export function estimatedRows(extraInfo: ExtraInfo): number | undefined {
  const value = extraInfo[ESTIMATE];
  return value === undefined ? undefined : (count(value) as number | undefined);
}

function factor(estimated: number, actual: number): number {
  const [low, high] = [estimated, actual].map((rows) => Math.max(rows, 1)).sort((a, b) => a - b) as [number, number];
  return high / low;
}
