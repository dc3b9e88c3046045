import { resolve } from 'node:path';
import { DuckDBError } from '../duckdb-error.ts';

// One process may load this package twice, as ESM and as CommonJS; both see the same owners.
const registry = Symbol.for('planscope.duckdb.owners');
const holder = globalThis as { [registry]?: Set<string> };
holder[registry] ??= new Set();
const owned: Set<string> = holder[registry];

/**
 * Claims a database file for one session of this process; every in-memory database is its own.
 *
 * @returns gives it up again; safe to call twice
 * @throws DuckDBError `database-in-use` when another session has it open
 */
export function claimDatabase(path: string): () => void {
  if (path === ':memory:') return () => {};
  const key = resolve(path);
  if (owned.has(key)) {
    throw new DuckDBError(
      'database-in-use',
      `path ${JSON.stringify(path)} is open in another session of this process; share that session, or close it first`,
    );
  }
  owned.add(key);
  return () => owned.delete(key);
}
