import { DuckDBError } from '../duckdb-error.ts';

/** The value of an option of a file function or of COPY. */
export type OptionValue = string | number | boolean | readonly OptionValue[] | { readonly [key: string]: OptionValue };

/** A quoted identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A value as a literal: lists as `[…]`, objects as structs. */
export function quoteValue(value: OptionValue): string {
  if (typeof value === 'string') return quoteString(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(quoteValue).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, entry]) => `${quoteString(key)}: ${quoteValue(entry)}`)
    .join(', ')}}`;
}

function isList(value: object): value is readonly OptionValue[] {
  return Array.isArray(value);
}

/** Options of a file function or of COPY, by DuckDB's names, for example `{ delim: ';', header: true }`. */
export type FileOptions = Readonly<Record<string, OptionValue>>;

const NAME = /^[a-z_][a-z0-9_]*$/i;

/**
 * The options as a list of SQL fragments.
 *
 * @param separator between name and value: ` = ` for functions, a space for COPY
 * @throws DuckDBError `invalid-option` if a name is not a plain identifier
 */
export function renderFileOptions(options: FileOptions, separator: ' = ' | ' '): string[] {
  return Object.entries(options).map(([name, value]) => {
    if (!NAME.test(name)) {
      throw new DuckDBError(
        'invalid-option',
        `file option ${JSON.stringify(name)} is not a name; use letters, digits and underscores, as in "delim"`,
      );
    }
    return `${name}${separator}${quoteValue(value)}`;
  });
}
