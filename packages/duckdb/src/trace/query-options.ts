import type { QueryOptions } from './trace-options.ts';
import { checkPreset } from './trace-options-check.ts';

// One process may load this package twice, as ESM and as CommonJS; options hold for what either has traced.
const key = Symbol.for('planscope.duckdb.query-options');
const holder = globalThis as { [key]?: QueryOptions };

/**
 * Sets options for the queries that a function starts before it first awaits.
 *
 * @param call for example `() => connection.runAndReadAll('SELECT 42')`
 * @returns what the function returns
 * @throws DuckDBError `invalid-option` for a preset that does not exist
 */
export function withQueryOptions<T>(options: QueryOptions, call: () => T): T {
  if (options.preset !== undefined) checkPreset(options.preset);
  const outer = currentQueryOptions();
  holder[key] = { ...outer, ...options };
  try {
    return call();
  } finally {
    holder[key] = outer;
  }
}

export function currentQueryOptions(): QueryOptions {
  return holder[key] ?? {};
}
