import type { FileActivity } from '../events/file-activity.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import type { FileBinding } from '../sql/input-binding.ts';
import { matchesGlob } from './matches-glob.ts';
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
  const numbered = [...numberedOperators(operators)];
  for (const entry of activity) {
    const owner =
      entry.operation === 'read' ? reader(entry.path, numbered, files) : writer(entry.path, numbered, files);
    if (owner !== undefined) found.set(entry, owner);
  }
  return found;
}

type Numbered = readonly (readonly [id: string, operator: ProfiledOperator])[];

function writer(path: string, operators: Numbered, { output }: QueryFiles): string | undefined {
  return path === output ? only(operators.filter(([, { type }]) => type.endsWith('COPY_TO_FILE'))) : undefined;
}

function reader(path: string, operators: Numbered, { inputs }: QueryFiles): string | undefined {
  const candidates = operators.filter(([, operator]) => reads(operator, path, inputs) !== 'never');
  const owner = only(
    candidates.length === 1 ? candidates : candidates.filter(([, operator]) => !needsNoData(operator)),
  );
  const [, operator] = operators.find(([id]) => id === owner) ?? [];
  return operator !== undefined && reads(operator, path, inputs) === 'surely' ? owner : undefined;
}

function only(operators: Numbered): string | undefined {
  return operators.length === 1 ? operators[0]?.[0] : undefined;
}

function reads(
  { extraInfo }: ProfiledOperator,
  path: string,
  inputs: readonly FileBinding[],
): 'surely' | 'perhaps' | 'never' {
  const { 'Filename(s)': names } = extraInfo;
  if (names === undefined) return 'never';
  const text = typeof names === 'string' ? names : names.join(', ');
  const isCut = text.endsWith(MORE);
  const listed = isCut ? text.slice(0, -MORE.length) : text;
  const entries = listed.split(', ');
  // A path may hold a comma itself.
  if (`, ${listed}, `.includes(`, ${path}, `)) return 'surely';
  if (entries.some((entry) => WILDCARD.test(entry) && matchesGlob(path, entry))) return 'surely';
  const known = inputs.filter((input) => text === shortened(input.paths));
  if (known.some((input) => input.paths.includes(path))) return 'surely';
  const isWhole = !isCut || known.length > 0 || (entries.length === 1 && WILDCARD.test(listed));
  return isWhole ? 'never' : 'perhaps';
}

/** A scan for row numbers alone names its files, and reads none of their columns. */
function needsNoData({ extraInfo }: ProfiledOperator): boolean {
  const { Projections = '', Filters = '', 'Total Files Read': count } = extraInfo;
  return count === '0' && Projections.length === 0 && Filters.length === 0;
}

function shortened(paths: readonly string[]): string {
  return paths.slice(0, LISTED_FILES).join(', ') + (paths.length > LISTED_FILES ? MORE : '');
}
