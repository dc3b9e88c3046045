import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/** The rows of a statement that gives few: they are here with its result, so none is waited for. */
export async function queryRows(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  const result = await connection.run(sql);
  return Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index).getRows()).flat();
}
