import { DuckDBSession } from '@planscope/duckdb';
import type { Schema } from 'apache-arrow';

/** The columns of a Parquet file. */
export interface ParquetColumns {
  readonly schema: Schema;
  /** Why the file cannot be read in another engine as DuckDB reads it; undefined if it can. */
  readonly obstacle: string | undefined;
}

/** Reads footers of Parquet files with DuckDB, so that columns have the types that they have on that engine. */
export class ParquetFooters {
  #session: Promise<DuckDBSession> | undefined;

  /**
   * @param path a local file that has at least the footer
   * @throws DuckDB's error if it is not a Parquet file
   */
  async read(path: string): Promise<ParquetColumns> {
    this.#session ??= DuckDBSession.open();
    const session = await this.#session;
    const name = 'file';
    const { schema, columns } = await session.describe({
      sql: `FROM "${name}"`,
      inputs: [{ name, format: 'parquet', paths: [path] }],
    });
    const stored = await session.rows({
      sql: `SELECT name, type FROM parquet_schema('${path.replaceAll("'", "''")}')`,
    });
    const names = new Set(stored.map(([column]) => String(column)));
    const renamed = columns.find((column) => !names.has(column.name));
    const hasUuid = columns.find(({ type }) => /\bUUID\b/.test(type));
    const obstacle =
      (renamed && `two columns differ only in letter case, as "${renamed.name}"`) ??
      (hasUuid && `column "${hasUuid.name}" is a UUID, which a table of the connector hive cannot have`) ??
      (stored.some(([, type]) => type === 'INT96')
        ? 'it has timestamps as INT96, whose time zone is a setting of the cluster; write them as TIMESTAMP'
        : undefined);
    return { schema, obstacle };
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    await session?.close();
  }
}
