import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

/** DuckDB's own profiling on one connection, as far as it goes, and nothing made of it. */
export interface OwnProfiling {
  /** The profile of the last query, as text: what nobody reads nobody needs. */
  read(): string;
  close(): void;
}

/** @param folder takes the file of the profile */
export async function profileByItself(connection: DuckDBConnection, folder: string): Promise<OwnProfiling> {
  const path = join(folder, `${connection.clientContext.connectionId}.json`);
  // Opened once, as cheap as can be: DuckDB writes the same file again for every query.
  const file = openSync(path, 'w+');
  await connection.run(`SET enable_profiling = 'json'`);
  await connection.run(`SET profiling_output = '${path}'`);
  await connection.run(`SET profiling_mode = 'detailed'`);
  await connection.run(`SET profiling_coverage = 'all'`);
  return {
    read() {
      const bytes = Buffer.allocUnsafe(fstatSync(file).size);
      return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0));
    },
    close: () => closeSync(file),
  };
}
