import { DuckDBError } from '../duckdb-error.ts';
import { queryPresets } from './query-presets.ts';
import type { QueryOptions } from './trace-options.ts';

let current: QueryOptions = {};

/**
 * Sets options for the queries that a function starts before it first awaits.
 *
 * @param call for example `() => connection.runAndReadAll('SELECT 42')`
 * @returns what the function returns
 * @throws DuckDBError `invalid-option` for a preset that does not exist
 */
export function withQueryOptions<T>(options: QueryOptions, call: () => T): T {
  const { preset } = options;
  if (preset !== undefined && !Object.hasOwn(queryPresets, preset)) {
    const known = Object.keys(queryPresets).join(', ');
    throw new DuckDBError('invalid-option', `preset is ${JSON.stringify(preset)}; use one of ${known}`);
  }
  const outer = current;
  current = { ...outer, ...options };
  try {
    return call();
  } finally {
    current = outer;
  }
}

export function currentQueryOptions(): QueryOptions {
  return current;
}
