import { mkdirSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { defaultFolder } from '../measure/private-file.ts';
import { namedPath } from '../measure/process-folder.ts';
import { quoteString } from '../sql/quote.ts';
import type { DuckDBSessionOptions } from './session-options.ts';

/** A folder for the temporary files of one session alone: SQL can read what a confined instance has access to. */
export function ownFolder({ temporaryFolder = defaultFolder() }: DuckDBSessionOptions): string {
  const folder = namedPath(temporaryFolder, 'session');
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/** Makes DuckDB refuse files outside of some folders, for good: no statement can undo that. */
export async function confine(connection: DuckDBConnection, directories: readonly string[]): Promise<void> {
  await connection.run(`SET allowed_directories = [${directories.map(quoteString).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
}
