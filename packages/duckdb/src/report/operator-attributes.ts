import type { MetricReport, NodeField } from '@planscope/plan';
import {
  FIELD_AGGREGATES,
  FIELD_ESTIMATED_ROWS,
  FIELD_EXPRESSIONS,
  FIELD_FILES,
  FIELD_FILTER,
  FIELD_FUNCTION,
  FIELD_GROUP_KEYS,
  FIELD_JOIN_KEYS,
  FIELD_JOIN_TYPE,
  FIELD_LIMIT,
  FIELD_OFFSET,
  FIELD_ORDER_BY,
  FIELD_PROJECTIONS,
  FIELD_TABLE,
  METRIC_FILES_OPENED,
  METRIC_FILES_PRUNED,
  METRIC_FILES_SCANNED,
  nodeFieldDefinition,
  textAttributes,
  UNREGISTERED_TEXT,
} from '@planscope/semconv';
import { countsRows, ESTIMATED_ROWS, estimatedRows } from '../profile/operator-rows.ts';
import type { ExtraInfo, ProfiledOperator } from '../profile/query-profile.ts';
import {
  ATTR_DUCKDB_AGGREGATES,
  ATTR_DUCKDB_BYTES_SCANNED,
  ATTR_DUCKDB_DYNAMIC_FILTERS,
  ATTR_DUCKDB_ESTIMATE_FACTOR,
  ATTR_DUCKDB_EXPRESSIONS,
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
  ATTR_DUCKDB_TABLE,
  ATTR_DUCKDB_TABLE_FORMAT,
  duckdbFieldKey,
  duckdbInfoKey,
  duckdbSchema,
} from '../semconv.ts';

export type ReportedAttributes = Record<string, string | number | boolean | readonly string[]>;

type Reading = (value: string | readonly string[]) => string | number | readonly string[] | undefined;

const text: Reading = (value) => (typeof value === 'string' ? value : value.join(', '));
const list: Reading = (value) => (typeof value === 'string' ? [value] : value);
const count: Reading = (value) => (/^\d+$/.test(String(value)) ? Number(value) : undefined);

/** The attribute and the field for each of DuckDB's titles; other titles keep their name. */
const titles: Readonly<Record<string, readonly [attribute: string, read: Reading, field: string]>> = {
  'Join Type': [ATTR_DUCKDB_JOIN_TYPE, text, FIELD_JOIN_TYPE],
  Conditions: [ATTR_DUCKDB_JOIN_CONDITIONS, list, FIELD_JOIN_KEYS],
  Filters: [ATTR_DUCKDB_FILTERS, list, FIELD_FILTER],
  'Dynamic Filters': [ATTR_DUCKDB_DYNAMIC_FILTERS, list, 'dynamic_filter'],
  Projections: [ATTR_DUCKDB_PROJECTIONS, list, FIELD_PROJECTIONS],
  // Only filters have it.
  Expression: [ATTR_DUCKDB_EXPRESSIONS, list, FIELD_FILTER],
  Expressions: [ATTR_DUCKDB_EXPRESSIONS, list, FIELD_EXPRESSIONS],
  Groups: [ATTR_DUCKDB_GROUPS, list, FIELD_GROUP_KEYS],
  Aggregates: [ATTR_DUCKDB_AGGREGATES, list, FIELD_AGGREGATES],
  'Order By': [ATTR_DUCKDB_ORDER_BY, list, FIELD_ORDER_BY],
  Top: [ATTR_DUCKDB_LIMIT, count, FIELD_LIMIT],
  Limit: [ATTR_DUCKDB_LIMIT, count, FIELD_LIMIT],
  Offset: [ATTR_DUCKDB_OFFSET, count, FIELD_OFFSET],
  Function: [ATTR_DUCKDB_FUNCTION, text, FIELD_FUNCTION],
  Table: [ATTR_DUCKDB_TABLE, text, FIELD_TABLE],
  Type: [ATTR_DUCKDB_SCAN_TYPE, text, 'scan_type'],
  'Filename(s)': [ATTR_DUCKDB_FILES, text, FIELD_FILES],
};

const FILES_READ = 'Total Files Read';
/** For example `3/6`: files that remain for a scan after filters on file names or folders, and all its files. */
const SCANNING_FILES = 'Scanning Files';
/** Titles whose values are metrics. */
const NUMBERS: ReadonlySet<string> = new Set([ESTIMATED_ROWS, FILES_READ, SCANNING_FILES]);

/** DuckDB's description of an operator as typed attributes. Texts may contain literals, which the recorders redact. */
export function operatorAttributes(operator: ProfiledOperator, parent?: ProfiledOperator): ReportedAttributes {
  const attributes: ReportedAttributes = {
    [ATTR_DUCKDB_OPERATOR_TYPE]: operator.type,
  };
  const { resultSetSize, rowsScanned = 0, bytesScanned = 0 } = operator;
  if (resultSetSize !== undefined) attributes[ATTR_DUCKDB_RESULT_SET_SIZE] = resultSetSize;
  if (rowsScanned > 0) attributes[ATTR_DUCKDB_ROWS_SCANNED] = rowsScanned;
  if (bytesScanned > 0) attributes[ATTR_DUCKDB_BYTES_SCANNED] = bytesScanned;
  const format = tableFormat(operator);
  if (format !== undefined) attributes[ATTR_DUCKDB_TABLE_FORMAT] = format;
  const estimated = estimatedRows(operator.extraInfo);
  if (estimated !== undefined && countsRows(operator, parent)) {
    attributes[ATTR_DUCKDB_ESTIMATE_FACTOR] = factor(estimated, operator.rows);
  }
  for (const [title, value] of Object.entries(operator.extraInfo)) {
    if (NUMBERS.has(title) || value.length === 0) continue;
    const [key, read] = titles[title] ?? [duckdbInfoKey(title), list];
    const attribute = read(value);
    if (attribute !== undefined) attributes[key] = attribute;
  }
  return attributes;
}

const textOf = textAttributes([duckdbSchema]);

/** The fields of an operator that ran. */
export function operatorFields(extraInfo: ExtraInfo): NodeField[] {
  const estimated = estimatedRows(extraInfo);
  const estimate: NodeField = { key: FIELD_ESTIMATED_ROWS, text: String(estimated ?? ''), kind: 'code' };
  return [...plannedFields(extraInfo), estimate];
}

/**
 * The fields of a node of a plan, without its estimate, which changes with the statistics even if the plan does not.
 */
export function plannedFields(extraInfo: ExtraInfo): NodeField[] {
  return Object.entries(extraInfo).flatMap(([title, text]): NodeField[] => {
    if (NUMBERS.has(title) || text.length === 0) return [];
    const [attribute, , key] = titles[title] ?? [duckdbInfoKey(title), list, duckdbFieldKey(title)];
    return [{ key, text, kind: nodeFieldDefinition(key)?.text ?? textOf(attribute)?.text ?? UNREGISTERED_TEXT }];
  });
}

const TABLE_FORMATS = /^(DELTA|DUCKLAKE|ICEBERG)_SCAN$/;

/** The table format that a scan reads; undefined where it reads plain files or a table of DuckDB's own. */
export function tableFormat({ name }: ProfiledOperator): string | undefined {
  return TABLE_FORMATS.exec(name)?.[1]?.toLowerCase();
}

/**
 * The number of files that a scan read. DuckDB counts only files that were read to the end, so it may be 0 after a
 * stop.
 */
export function filesOpened({ extraInfo }: ProfiledOperator): MetricReport[] {
  const files = Number(extraInfo[FILES_READ]);
  return files > 0 ? [fileCount(METRIC_FILES_OPENED, files)] : [];
}

/** How many files pruning left to a scan, and how many it spared; none where DuckDB does not say. */
export function filesPruned({ extraInfo }: ProfiledOperator): MetricReport[] {
  const [, scanned, total] = /^(\d+)\/(\d+)$/.exec(String(extraInfo[SCANNING_FILES])) ?? [];
  if (scanned === undefined) return [];
  return [
    fileCount(METRIC_FILES_SCANNED, Number(scanned)),
    fileCount(METRIC_FILES_PRUNED, Number(total) - Number(scanned)),
  ];
}

function fileCount(name: string, value: number): MetricReport {
  return { name, type: 'count', unit: '{file}', value };
}

function factor(estimated: number, actual: number): number {
  const [low, high] = [estimated, actual].map((rows) => Math.max(rows, 1)).sort((a, b) => a - b) as [number, number];
  return high / low;
}
