import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CommandError } from '../command-error.ts';
import { readAnyRuns } from './read-any-runs.ts';

/** What every file of DuckDB has after a checksum of 8 bytes. */
const DUCKDB_MARK = 'DUCK';
/** How a database of SQLite starts. DuckDB opens one if it has the extension for it. */
const SQLITE_MARK = 'SQLite format 3\0';
const ROWS = /\.(?:parquet|csv|tsv|json|jsonl|ndjson)(?:\.gz)?$/i;

/**
 * Checks that a file is a database. DuckDB itself starts without a database if it is given a file of rows, and what is
 * written then is lost.
 *
 * @param file a path; anything that is no file that can be read is left to DuckDB
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
    return `it has runs and is no database of DuckDB; planscope tree ${file} prints them, planscope view ${file} makes a page`;
  }
  const isRows = ROWS.test(file) || head.toString('latin1').startsWith('PAR1');
  return isRows
    ? `it is no database of DuckDB; a query reads a file of rows by its name, as in FROM '${file.replaceAll("'", "''")}'`
    : 'it is no database of DuckDB';
}

/** Whether planscope reads runs from a file: of a trace, of a profile, or as JSON. */
async function hasRuns(file: string, head: Buffer): Promise<boolean> {
  const isCompressed = head[0] === 0x1f && head[1] === 0x8b;
  if (!isCompressed && !/^\s*[[{\n]/.test(head.toString('latin1'))) return false;
  try {
    for await (const _ of readAnyRuns(createReadStream(file), () => {}, { withSpans: false })) return true;
  } catch {
    // Whatever it is, it is not a trace.
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
