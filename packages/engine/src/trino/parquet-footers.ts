import { DuckDBSession } from '@planscope/duckdb';
import type { Schema } from 'apache-arrow';

/** The columns of a Parquet file. */
export interface ParquetColumns {
  readonly schema: Schema;
  /** Why the file cannot be read in another engine as DuckDB reads it; undefined if it can. */
  readonly obstacle: string | undefined;
}

/** An element of the schema that a file stores: its name, its physical type, and what else the footer says of it. */
type StoredElement = readonly unknown[];

/** Reads footers of Parquet files with DuckDB, so that columns have the types that they have on that engine. */
export class ParquetFooters {
  #session: Promise<DuckDBSession> | undefined;

  /**
   * Reads the columns of files. Files with the same stored schema have the same object.
   *
   * @param paths local files that have at least the footer
   * @throws FooterError for the first file that is not a Parquet file
   */
  async read(paths: readonly string[]): Promise<readonly ParquetColumns[]> {
    this.#session ??= DuckDBSession.open();
    const session = await this.#session;
    const stored = await storedSchemas(session, paths);
    const known = new Map<string, Promise<ParquetColumns>>();
    const reading = stored.map((elements, index) => {
      const key = JSON.stringify(elements, (_, value) => (typeof value === 'bigint' ? String(value) : value));
      const columns = known.get(key) ?? columnsOf(session, paths[index] ?? '', elements);
      known.set(key, columns);
      return columns;
    });
    return Promise.all(
      reading.map((columns, index) => columns.catch((cause: unknown) => Promise.reject(new FooterError(index, cause)))),
    );
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    await session?.close();
  }
}

/** DuckDB's error for one of several files. */
export class FooterError extends Error {
  /** Which of the files it is. */
  readonly index: number;

  constructor(index: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'FooterError';
    this.index = index;
  }
}

/** Reads the stored schemas of all files by one statement. */
async function storedSchemas(session: DuckDBSession, paths: readonly string[]): Promise<readonly StoredElement[][]> {
  const read = async (some: readonly string[]): Promise<StoredElement[][]> => {
    const list = some.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ');
    const sql = `SELECT file_name, name, type, * EXCLUDE (file_name, name, type) FROM parquet_schema([${list}])`;
    const found = new Map<string, StoredElement[]>(some.map((path) => [path, []]));
    for (const [path, ...element] of await session.rows({ sql })) found.get(String(path))?.push(element);
    return some.map((path) => found.get(path) ?? []);
  };
  try {
    return await read(paths);
  } catch (error) {
    // DuckDB's message has a path of this machine; the caller knows which object that is.
    for (const [index, path] of paths.entries()) {
      await read([path]).catch((cause: unknown) => Promise.reject(new FooterError(index, cause)));
    }
    throw error;
  }
}

async function columnsOf(
  session: DuckDBSession,
  path: string,
  stored: readonly StoredElement[],
): Promise<ParquetColumns> {
  const name = 'file';
  const { schema, columns } = await session.describe({
    sql: `FROM "${name}"`,
    inputs: [{ name, format: 'parquet', paths: [path] }],
  });
  const names = new Set(stored.map(([column]) => String(column)));
  const renamed = columns.find((column) => !names.has(column.name));
  const hasUuid = columns.find(({ type }) => /\bUUID\b/.test(type));
  const int96 = stored.find(([, type]) => type === 'INT96');
  const obstacle =
    (renamed && `two columns differ only in letter case, as "${renamed.name}"`) ??
    (hasUuid && `column "${hasUuid.name}" is a UUID, which a table of the connector hive cannot have`) ??
    (int96 &&
      `column "${String(int96[0])}" has timestamps as INT96, whose time zone is a setting of the cluster; write them as TIMESTAMP`);
  return { schema, obstacle };
}
