// Not the entry of the package, which loads DuckDB.
import { columns } from '../../packages/query-log/src/columns.ts';
import { code, table } from './markdown.ts';

/** The columns of the log of queries as Markdown; the same input always gives the same text. */
export function renderLogColumns(): string {
  const rows = columns.map(({ name, type, unit = '', meaning, attribute }) => [
    code(name),
    code(type),
    unit,
    meaning,
    attribute === undefined ? '' : code(attribute),
  ]);
  return table(['Column', 'Type', 'Unit', 'Meaning', 'Attribute'], rows);
}
