import { DuckDBError } from '../duckdb-error.ts';
import { type OptionValue, quoteValue } from './quote.ts';

/** Options of a file function or of COPY, by DuckDB's names, for example `{ delim: ';', header: true }`. */
export type FileOptions = Readonly<Record<string, OptionValue>>;

const NAME = /^[a-z_][a-z0-9_]*$/i;

/**
 * The options as a list of SQL fragments.
 *
 * @param separator between name and value: ` = ` for functions, a space for COPY
 * @throws DuckDBError `invalid-option` when a name is no plain identifier
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
