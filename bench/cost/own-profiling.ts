import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

/** DuckDB's own most detailed profiling on one connection, without parsing the profiles. */
export interface OwnProfiling {
  /** The profile of the last query as text: a profile is only useful once it is read. */
  read(): string;
  close(): void;
}

/** @param folder for the file of the profile */
export async function profileByItself(connection: DuckDBConnection, folder: string): Promise<OwnProfiling> {
  const path = join(folder, `${connection.clientContext.connectionId}.json`);
  // Opened once to keep the baseline cheap: DuckDB overwrites the file for every query.
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
