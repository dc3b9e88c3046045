import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CommandError } from '../command-error.ts';
import { readAnyRuns } from './read-any-runs.ts';

/** Magic bytes of a DuckDB database, after a checksum of 8 bytes. */
const DUCKDB_MARK = 'DUCK';
/** First bytes of a SQLite database, which DuckDB opens with an extension. */
const SQLITE_MARK = 'SQLite format 3\0';
const ROWS = /\.(?:parquet|csv|tsv|json|jsonl|ndjson)(?:\.gz)?$/i;

/**
 * Checks that a file is a database. Given a data file, DuckDB opens a database in memory instead, and whatever is written
 * to it is lost.
 *
 * @param file a path; if it is not a readable file, DuckDB reports that itself
 * @throws CommandError that says what the file is
 */
export async function checkDatabaseFile(file: string): Promise<void> {
  const head = await headOf(file);
  if (head === undefined || isDatabase(head) || (head.length === 0 && !ROWS.test(file))) return;
  throw new CommandError(`cannot open the database ${file}: ${await whatItIs(file, head)}`);
}

function isDatabase(head: Buffer): boolean {
  return head.toString('latin1', 8, 12) === DUCKDB_MARK || head.toString('latin1').startsWith(SQLITE_MARK);
}

async function whatItIs(file: string, head: Buffer): Promise<string> {
  if (await hasRuns(file, head)) {
    return `it contains runs and is not a DuckDB database; planscope tree ${file} prints them, planscope view ${file} makes a page`;
  }
  const isRows = ROWS.test(file) || head.toString('latin1').startsWith('PAR1');
  return isRows
    ? `it is not a DuckDB database; to query a data file, name it in the SQL, as in FROM '${file.replaceAll("'", "''")}'`
    : 'it is not a DuckDB database';
}

/** Whether a file contains runs that planscope can read: traces, profiles or results. */
async function hasRuns(file: string, head: Buffer): Promise<boolean> {
  const isCompressed = head[0] === 0x1f && head[1] === 0x8b;
  if (!isCompressed && !/^\s*[[{\n]/.test(head.toString('latin1'))) return false;
  try {
    for await (const _ of readAnyRuns(createReadStream(file), () => {}, { withSpans: false })) return true;
  } catch {
    // It is in no format with runs.
  }
  return false;
}

/** The first bytes of a file; undefined if it cannot be read. */
async function headOf(file: string): Promise<Buffer | undefined> {
  try {
    const handle = await open(file);
    try {
      if (!(await handle.stat()).isFile()) return undefined;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SQLITE_MARK.length), 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}
