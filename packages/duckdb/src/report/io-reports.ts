import type { IoReport, MetricReport } from '@planscope/plan';
import {
  METRIC_BYTES_READ,
  METRIC_BYTES_WRITTEN,
  METRIC_READ_REQUESTS,
  METRIC_UNLOGGED_SCANS,
} from '@planscope/semconv';
import picomatch from 'picomatch';
import type { FileActivity } from '../events/activity-tally.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import { METRIC_READ_TIME, METRIC_WRITE_REQUESTS } from '../semconv.ts';
import type { FileBinding } from '../sql/input-binding.ts';
import { tableFormat } from './operator-attributes.ts';
import { numberedOperators } from './operator-reports.ts';

/** Store name for reads and writes of the engine itself, which distinguishes them from those of object stores. */
const STORE = 'duckdb';

/**
 * Reports of the reads and writes.
 *
 * @param owners the id of the operator of each entry, if it is certain
 */
export function ioReports(activity: readonly FileActivity[], owners: ReadonlyMap<FileActivity, string>): IoReport[] {
  return activity.map((entry) => {
    const operatorId = owners.get(entry);
    return {
      store: STORE,
      operation: entry.operation === 'read' ? 'get_ranges' : 'put',
      location: entry.path,
      bytes: entry.bytes.toString(),
      requests: entry.requests,
      timing: { basis: 'observed_events', window: entry.window },
      ...(operatorId === undefined ? {} : { operatorId }),
    };
  });
}

/** Bytes and requests of several files as metrics. There are no metrics for reads or writes that did not occur. */
export function activityMetrics(activity: readonly FileActivity[]): MetricReport[] {
  return [
    ...totals(activity, 'read', METRIC_BYTES_READ, METRIC_READ_REQUESTS),
    ...totals(activity, 'write', METRIC_BYTES_WRITTEN, METRIC_WRITE_REQUESTS),
  ];
}

/**
 * The same for a query as a whole. DuckDB does not log what it reads of a database file, nor how an extension reads the log
 * of a Delta table or the catalogue of a DuckLake: where a query scans one of these, the reads that are known are only a part,
 * and there is no total.
 */
export function queryActivityMetrics(
  activity: readonly FileActivity[] | undefined,
  operators: readonly ProfiledOperator[],
): MetricReport[] {
  if (activity === undefined) return [];
  const unlogged = [...numberedOperators(operators)].filter(([, operator]) => readsUnlogged(operator)).length;
  if (unlogged === 0) return activityMetrics(activity);
  return [
    ...activityMetrics(activity.filter(({ operation }) => operation === 'write')),
    { name: METRIC_UNLOGGED_SCANS, type: 'count', unit: '{scan}', value: unlogged },
  ];
}

/**
 * The totals of a profile, without the reads where an extension also read by itself, which DuckDB does not count. It counts
 * those of database files.
 */
export function withoutUnloggedReads(
  totals: readonly MetricReport[],
  operators: readonly ProfiledOperator[],
): readonly MetricReport[] {
  const unlogged = [...numberedOperators(operators)].filter(([, operator]) => readsByItself(operator)).length;
  if (unlogged === 0 || !totals.some(({ source }) => source === 'profile')) return totals;
  return [
    ...totals.filter(({ name }) => !READS.has(name)),
    { name: METRIC_UNLOGGED_SCANS, type: 'count', unit: '{scan}', value: unlogged },
  ];
}

/** Whether an extension asks servers without DuckDB's log of requests, as that of Delta does for the log of a table. */
export function hasUnloggedRequests(operators: readonly ProfiledOperator[]): boolean {
  return [...numberedOperators(operators)].some(([, operator]) => tableFormat(operator) === 'delta');
}

const READS: ReadonlySet<string> = new Set([METRIC_BYTES_READ, METRIC_READ_REQUESTS, METRIC_READ_TIME]);

/** DuckDB's names for in-memory catalogs. */
const IN_MEMORY = /^(?:memory|temp)\./;

const UNLOGGED_FORMATS = ['delta', 'ducklake'];

function readsByItself(operator: ProfiledOperator): boolean {
  return UNLOGGED_FORMATS.includes(tableFormat(operator) ?? '');
}

function readsUnlogged(operator: ProfiledOperator): boolean {
  if (tableFormat(operator) !== undefined) return readsByItself(operator);
  const { Table } = operator.extraInfo;
  return Table !== undefined && !IN_MEMORY.test(String(Table));
}

function totals(
  activity: readonly FileActivity[],
  operation: FileActivity['operation'],
  bytesName: string,
  requestsName: string,
): MetricReport[] {
  const entries = activity.filter((entry) => entry.operation === operation);
  if (entries.length === 0) return [];
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0n);
  const requests = entries.reduce((sum, entry) => sum + entry.requests, 0);
  return [
    { name: bytesName, type: 'count', unit: 'By', value: bytes.toString() },
    { name: requestsName, type: 'count', unit: '{request}', value: requests },
  ];
}

/** DuckDB lists at most this many files of a scan, or its patterns, followed by `...` if there are more files. */
const LISTED_FILES = 5;
const MORE = ', ...';
const WILDCARD = /[*?[]/;

/** A file that something was done with. */
export type FileUse = Pick<FileActivity, 'path' | 'operation'>;

/** What else is known of the files of a query. */
export interface QueryFiles {
  readonly inputs: readonly FileBinding[];
  /** The file that COPY writes, or the folder of its files with a slash at its end. */
  readonly output?: string;
}

/**
 * Finds the operator that read or wrote each file. The log does not show which of several scans read a file, so a file
 * belongs to a scan only if no other scan can have read it.
 */
export function attributeActivity<Use extends FileUse>(
  activity: readonly Use[],
  operators: readonly ProfiledOperator[],
  files: QueryFiles,
): Map<Use, string> {
  const found = new Map<Use, string>();
  const numbered = [...numberedOperators(operators)].map(([id, operator]): Numbered => {
    return { id, operator, reads: readingOf(operator, files.inputs) };
  });
  /** A file is read in many requests. */
  const owners = { read: new Map<string, string | undefined>(), write: new Map<string, string | undefined>() };
  for (const entry of activity) {
    const { operation, path } = entry;
    const known = owners[operation];
    if (!known.has(path)) {
      known.set(path, operation === 'read' ? reader(path, numbered) : writer(path, numbered, files));
    }
    const owner = known.get(path);
    if (owner !== undefined) found.set(entry, owner);
  }
  return found;
}

interface Numbered {
  readonly id: string;
  readonly operator: ProfiledOperator;
  /** Determines whether the operator reads a file. */
  readonly reads: (path: string) => Reading;
}

type Reading = 'surely' | 'perhaps' | 'never';

function writer(path: string, operators: readonly Numbered[], { output = '' }: QueryFiles): string | undefined {
  return path === output || (output.endsWith('/') && path.startsWith(output))
    ? only(operators.filter(({ operator }) => operator.type.endsWith('COPY_TO_FILE')))?.id
    : undefined;
}

function reader(path: string, operators: readonly Numbered[]): string | undefined {
  const candidates = operators.filter(({ reads }) => reads(path) !== 'never');
  const owner = only(candidates) ?? only(candidates.filter(({ operator }) => !needsNoData(operator)));
  return owner?.reads(path) === 'surely' ? owner.id : undefined;
}

function only(operators: readonly Numbered[]): Numbered | undefined {
  return operators.length === 1 ? operators[0] : undefined;
}

function readingOf({ extraInfo }: ProfiledOperator, inputs: readonly FileBinding[]): (path: string) => Reading {
  const { 'Filename(s)': names } = extraInfo;
  if (names === undefined) return () => 'never';
  // The log has a local file without its scheme.
  const text = (typeof names === 'string' ? names : names.join(', ')).replaceAll(/(?<=^|, )file:\/\//g, '');
  const isCut = text.endsWith(MORE);
  const listed = isCut ? text.slice(0, -MORE.length) : text;
  const entries = listed.split(', ');
  const patterns = entries.filter((entry) => WILDCARD.test(entry)).map(duckdbGlob);
  const known = inputs.filter((input) => text === shortened(input.paths));
  const isWhole = !isCut || known.length > 0 || (entries.length === 1 && patterns.length === 1);
  return (named) => {
    const path = named.replace(/^file:\/\//, '');
    // A path may hold a comma itself.
    if (`, ${listed}, `.includes(`, ${path}, `) || patterns.some((matches) => matches(path))) return 'surely';
    if (known.some((input) => input.paths.includes(path))) return 'surely';
    return isWhole ? 'never' : 'perhaps';
  };
}

/** Whether a scan lists its files but reads no columns, because it needs only row numbers. */
function needsNoData({ extraInfo }: ProfiledOperator): boolean {
  const { Projections = '', Filters = '', 'Total Files Read': count } = extraInfo;
  return count === '0' && Projections.length === 0 && Filters.length === 0;
}

function shortened(paths: readonly string[]): string {
  return paths.slice(0, LISTED_FILES).join(', ') + (paths.length > LISTED_FILES ? MORE : '');
}

/** Characters that are plain text for DuckDB but not for the matcher, and sets in brackets, which both support. */
const PLAIN_TEXT = /\[[^\]]+\]|[()|+@!^$"{}]/g;

/**
 * A test for the paths that match a DuckDB pattern: `*` and `?` match within a folder, `**` matches several folders.
 */
export function duckdbGlob(pattern: string): (path: string) => boolean {
  const escaped = pattern.replace(PLAIN_TEXT, (found) =>
    found.length === 1 ? `\\${found}` : found.replace('[!', '[^'),
  );
  return picomatch(escaped, { dot: true, nobrace: true, noextglob: true, nonegate: true, windows: false });
}

const TEMPORARY = /^(.*[\\/])?tmp_([^\\/]+)$/s;

/**
 * Replaces temporary file names by final ones. When COPY replaces a file, DuckDB writes to `tmp_…` in the same folder
 * and renames that file at the end.
 *
 * @param sql a completed statement, which contains the final name
 * @returns the activity with final names, and the output file if the statement names exactly one
 */
export function withFinalName(
  activity: readonly FileActivity[],
  sql: string,
): { readonly activity: readonly FileActivity[]; readonly output?: string } {
  const named = activity.map((entry) =>
    entry.operation === 'read' ? entry : { ...entry, path: finalPath(entry.path, sql) },
  );
  const outputs = named.filter(({ operation, path }) => operation === 'write' && sql.includes(nameOf(path)));
  const [output] = outputs;
  return { activity: named, ...(output !== undefined && outputs.length === 1 ? { output: output.path } : {}) };
}

function finalPath(path: string, sql: string): string {
  const [, folder = '', name] = TEMPORARY.exec(path) ?? [];
  return name === undefined || sql.includes(nameOf(path)) || !sql.includes(name) ? path : folder + name;
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
