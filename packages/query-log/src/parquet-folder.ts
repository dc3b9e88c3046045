import { accessSync, constants, mkdirSync } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LogPart, type LogStorage, type RowBatch } from './log-part.ts';
import { appendRows, createTable, literal, withDatabase } from './own-database.ts';
import { QueryLogError } from './query-log-error.ts';
import { pathOf, type QueryLogLimits } from './query-log-options.ts';

const FILE = /^queries_\d{8}T\d{9}Z_[0-9a-f]{8}\.parquet$/;
const UNFINISHED = /^\.queries_.*\.tmp$/;
/** No write takes as long, so that its process has ended. */
const ABANDONED_MILLIS = 600_000;
/** Rows of a group, which are in memory while they are written. */
const GROUP_ROWS = 2048;

/**
 * A folder of Parquet files. Rows are added to a file by writing it anew beside the old one, which it then replaces, so
 * that a reader always finds whole files. Several processes may use one folder: each has files of its own.
 */
export class ParquetFolder implements LogStorage {
  readonly place: string;
  readonly #limits: QueryLogLimits;
  readonly #report: (problem: string) => void;
  #part = new LogPart();

  /**
   * @param report called if old files cannot be removed
   * @throws QueryLogError for a folder that cannot be used
   */
  constructor(folder: string, limits: QueryLogLimits, report: (problem: string) => void) {
    this.place = pathOf('folder', folder);
    this.#limits = limits;
    this.#report = report;
    makeFolder(this.place, 'folder');
  }

  async write(batch: RowBatch): Promise<void> {
    const part = await this.#partFor(batch.rows.length);
    const file = this.#fileOf(part);
    const temporary = join(this.place, `.queries_${part.name}.tmp`);
    try {
      await withDatabase(':memory:', async (connection) => {
        await createTable(connection, 'pending');
        await appendRows(connection, 'pending', part.valuesOf(batch));
        const known = part.isEmpty ? '' : `SELECT * FROM read_parquet(${literal(file)}) UNION ALL `;
        await connection.run(
          `COPY (${known}SELECT * FROM pending) TO ${literal(temporary)}
           (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${GROUP_ROWS}, USE_TMP_FILE false)`,
        );
      });
      await synchronize(temporary);
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    part.wrote(batch);
    part.bytes = await sizeOf(file);
    this.#part = part;
    await this.#tidy().catch((error: Error) => this.#report(`old files cannot be removed: ${error.message}`));
  }

  #fileOf({ name }: LogPart): string {
    return join(this.place, `queries_${name}.parquet`);
  }

  /** The part that was written last, if it has room for the rows and its file is still there. */
  async #partFor(rows: number): Promise<LogPart> {
    // It may have been removed since the last write.
    makeFolder(this.place, 'folder');
    const part = this.#part;
    if (part.isEmpty) return part;
    if (part.hasRoom(rows, this.#limits) && (await sizeOf(this.#fileOf(part))) > 0) return part;
    return new LogPart();
  }

  /** Removes the oldest files while there are too many, and what killed processes left. */
  async #tidy(): Promise<void> {
    const { maxFiles, maxBytes } = this.#limits;
    const names = await readdir(this.place);
    for (const name of names.filter((each) => UNFINISHED.test(each))) {
      const path = join(this.place, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (Date.now() - mtimeMs > ABANDONED_MILLIS) await rm(path, { force: true });
    }
    const files = names.filter((name) => FILE.test(name)).sort();
    const sizes = await Promise.all(files.map((name) => sizeOf(join(this.place, name))));
    let [count, bytes] = [files.length, sizes.reduce((sum, size) => sum + size, 0)];
    for (const [index, name] of files.entries()) {
      if (count <= maxFiles && bytes <= maxBytes) break;
      const file = join(this.place, name);
      if (file === this.#fileOf(this.#part)) continue;
      await rm(file, { force: true });
      count -= 1;
      bytes -= sizes[index] ?? 0;
    }
  }
}

/**
 * Creates a folder.
 *
 * @param option that names it, or a file in it
 * @throws QueryLogError `unwritable` if this process cannot write to it
 */
export function makeFolder(folder: string, option: 'folder' | 'database'): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const text = `${option}: cannot write to ${JSON.stringify(folder)} (${reason}); use a folder that this process may write to`;
    throw new QueryLogError('unwritable', text, { cause });
  }
}

/** Has the disk keep a file, so that it is whole after a loss of power. */
async function synchronize(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.sync().finally(() => handle.close());
}

/** 0 if the file is missing. */
async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => ({ size: 0 }))).size;
}
