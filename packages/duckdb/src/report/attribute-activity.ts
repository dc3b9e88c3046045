import type { FileActivity } from '../events/file-activity.ts';
import type { ProfiledOperator } from '../profile/query-profile.ts';
import type { FileBinding } from '../sql/input-binding.ts';
import { numberedOperators } from './operator-reports.ts';

/** DuckDB lists this many files of a scan, then `...`. */
const LISTED_FILES = 5;
const MORE = ', ...';

/** What else is known of the files of a query. */
export interface QueryFiles {
  readonly inputs: readonly FileBinding[];
  /** The file that COPY writes. */
  readonly output?: string;
}

/**
 * Finds the operator that read or wrote each file. A file that several scans read is nobody's: the log does not tell
 * which of them asked.
 */
export function attributeActivity(
  activity: readonly FileActivity[],
  operators: readonly ProfiledOperator[],
  files: QueryFiles,
): Map<FileActivity, string> {
  const found = new Map<FileActivity, string>();
  const numbered = [...numberedOperators(operators)];
  for (const entry of activity) {
    const owners = numbered.filter(([, operator]) =>
      entry.operation === 'read'
        ? reads(operator, entry.path, files.inputs)
        : writes(operator, entry.path, files.output),
    );
    const [owner] = owners;
    if (owner !== undefined && owners.length === 1) found.set(entry, owner[0]);
  }
  return found;
}

function writes(operator: ProfiledOperator, path: string, output: string | undefined): boolean {
  return operator.type.endsWith('COPY_TO_FILE') && path === output;
}

function reads(operator: ProfiledOperator, path: string, inputs: readonly FileBinding[]): boolean {
  const { 'Filename(s)': names, 'Total Files Read': count } = operator.extraInfo;
  // A scan for row numbers alone names its files, and reads none.
  if (names === undefined || count === '0') return false;
  const listed = typeof names === 'string' ? names : names.join(', ');
  if (lists(listed, path)) return true;
  return inputs.some((input) => input.paths.includes(path) && listed === shortened(input.paths));
}

/** Whether a list of paths, which may hold commas themselves, has this one. */
function lists(listed: string, path: string): boolean {
  return `, ${listed}, `.includes(`, ${path}, `);
}

function shortened(paths: readonly string[]): string {
  return paths.slice(0, LISTED_FILES).join(', ') + (paths.length > LISTED_FILES ? MORE : '');
}
