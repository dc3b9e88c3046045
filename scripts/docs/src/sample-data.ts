import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Makes the file that programs in documents read, `flights.parquet`.
 *
 * @returns its path
 */
export async function makeSampleData(folder: string): Promise<string> {
  const path = join(folder, 'flights.parquet');
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`COPY (
    SELECT ['ATL', 'ORD', 'DFW'][1 + i % 3] AS origin, ['LAX', 'JFK'][1 + i % 2] AS destination, (i * 7) % 90 AS delay
    FROM range(1000) t(i)
  ) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return path;
}
