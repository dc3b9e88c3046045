import type { QueryOptions } from './trace-options.ts';

let current: QueryOptions = {};

/**
 * Sets options for the queries that a function starts before it first awaits.
 *
 * @param call for example `() => connection.runAndReadAll('SELECT 42')`
 * @returns what the function returns
 */
export function withQueryOptions<T>(options: QueryOptions, call: () => T): T {
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
