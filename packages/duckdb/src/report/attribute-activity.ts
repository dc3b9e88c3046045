import type { FileActivity } from '../events/file-activity.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import type { FileBinding } from '../sql/input-binding.ts';
import { duckdbGlob } from './duckdb-glob.ts';
import { numberedOperators } from './operator-reports.ts';

/** DuckDB lists this many files of a scan, or the patterns that it was given, then `...` where there are more files. */
const LISTED_FILES = 5;
const MORE = ', ...';
const WILDCARD = /[*?[]/;

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
export function attributeActivity(
  activity: readonly FileActivity[],
  operators: readonly ProfiledOperator[],
  files: QueryFiles,
): Map<FileActivity, string> {
  const found = new Map<FileActivity, string>();
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
  const text = typeof names === 'string' ? names : names.join(', ');
  const isCut = text.endsWith(MORE);
  const listed = isCut ? text.slice(0, -MORE.length) : text;
  const entries = listed.split(', ');
  const patterns = entries.filter((entry) => WILDCARD.test(entry)).map(duckdbGlob);
  const known = inputs.filter((input) => text === shortened(input.paths));
  const isWhole = !isCut || known.length > 0 || (entries.length === 1 && patterns.length === 1);
  return (path) => {
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
