import type { FileActivity } from '../events/file-activity.ts';

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
