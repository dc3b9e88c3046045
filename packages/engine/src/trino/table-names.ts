import { SpecError } from '../spec/spec-error.ts';
import type { TrinoOptions } from './trino-options.ts';

/** Where names of tables without a catalog or schema are. */
export type TableNames = Pick<TrinoOptions, 'catalog' | 'schema'>;

/** A table of a catalog. */
export interface QualifiedTable {
  /** Its full name, without quotes. */
  readonly name: string;
  /** Its full name in SQL. */
  readonly sql: string;
}

/**
 * The full name of a table.
 *
 * @param table `table`, `schema.table` or `catalog.schema.table`
 * @param field of the name in the specification
 * @throws SpecError `invalid-spec` if its catalog or schema is not known
 */
export function qualifiedTable(table: string, field: string, names: TableNames): QualifiedTable {
  const [own = '', schema = names.schema, catalog = names.catalog] = table.split('.').reverse();
  if (schema === undefined || catalog === undefined) {
    const missing = schema === undefined ? 'schema' : 'catalog';
    const text = `${JSON.stringify(table)} has no ${missing}; write "catalog.schema.table", or set trino.${missing} of the engine`;
    throw new SpecError('invalid-spec', field, text);
  }
  const parts = [catalog, schema, own];
  return { name: parts.join('.'), sql: parts.map(quoted).join('.') };
}

/** A name in double quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
