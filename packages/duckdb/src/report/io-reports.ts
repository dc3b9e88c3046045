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
import { METRIC_WRITE_REQUESTS } from '../semconv.ts';
import type { FileBinding } from '../sql/input-binding.ts';
import { tableFormat } from './operator-attributes.ts';
import { numberedOperators } from './operator-reports.ts';

/** Reads and writes of the engine itself: kept apart from those of an object store by this name. */
const STORE = 'duckdb';

/**
 * Reads and writes as a report tells them.
 *
 * @param owners the id of the operator each belongs to, where that is certain
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

/** Bytes and requests over several files, as metrics; a direction that did not occur has none. */
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

/** DuckDB's names of the catalogs in memory. */
const IN_MEMORY = /^(?:memory|temp)\./;

const UNLOGGED_FORMATS = ['delta', 'ducklake'];

function readsUnlogged(operator: ProfiledOperator): boolean {
  const format = tableFormat(operator);
  if (format !== undefined) return UNLOGGED_FORMATS.includes(format);
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

/** DuckDB lists this many files of a scan, or the patterns that it was given, then `...` where there are more files. */
const LISTED_FILES = 5;
const MORE = ', ...';
const WILDCARD = /[*?[]/;

/** A file that something was done with. */
export type FileUse = Pick<FileActivity, 'path' | 'operation'>;

/** What else is known of the files of a query. */
export interface QueryFiles {
  readonly inputs: readonly FileBinding[];
  /** The file that COPY writes. */
  readonly output?: string;
}

/**
 * Finds the operator that read or wrote each file. The log does not say which of several scans asked, so a file belongs
 * to a scan only if no other one may have read it.
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
  for (const entry of activity) {
    const owner = entry.operation === 'read' ? reader(entry.path, numbered) : writer(entry.path, numbered, files);
    if (owner !== undefined) found.set(entry, owner);
  }
  return found;
}

interface Numbered {
  readonly id: string;
  readonly operator: ProfiledOperator;
  /** Whether the operator reads a file. */
  readonly reads: (path: string) => Reading;
}

type Reading = 'surely' | 'perhaps' | 'never';

function writer(path: string, operators: readonly Numbered[], { output }: QueryFiles): string | undefined {
  return path === output
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

/** A scan for row numbers alone names its files, and reads none of their columns. */
function needsNoData({ extraInfo }: ProfiledOperator): boolean {
  const { Projections = '', Filters = '', 'Total Files Read': count } = extraInfo;
  return count === '0' && Projections.length === 0 && Filters.length === 0;
}

function shortened(paths: readonly string[]): string {
  return paths.slice(0, LISTED_FILES).join(', ') + (paths.length > LISTED_FILES ? MORE : '');
}

/** What is plain text to DuckDB, and not to the matcher. Brackets hold a set of characters to both. */
const PLAIN_TEXT = /\[[^\]]+\]|[()|+@!^$"{}]/g;

/** A test for the paths that DuckDB finds for a pattern: `*` and `?` stay within a folder, `**` goes into folders. */
export function duckdbGlob(pattern: string): (path: string) => boolean {
  const escaped = pattern.replace(PLAIN_TEXT, (found) =>
    found.length === 1 ? `\\${found}` : found.replace('[!', '[^'),
  );
  return picomatch(escaped, { dot: true, nobrace: true, noextglob: true, nonegate: true, windows: false });
}

const TEMPORARY = /^(.*[\\/])?tmp_([^\\/]+)$/s;

/**
 * Where COPY replaces a file, DuckDB writes one called `tmp_…` beside it, and renames that at the end.
 *
 * @param sql a statement that came to its end, with the name that the file has now
 * @returns the activity under that name, and the file if there is just one that the statement names
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
