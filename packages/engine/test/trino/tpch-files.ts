import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { TrinoClient } from '@planscope/trino';

export const TPCH_TABLES = ['region', 'nation', 'customer', 'orders', 'lineitem', 'part'] as const;

/** Writes the rows that Trino's connector makes as Parquet files, with the same names and types of columns. */
export async function writeTpchFiles(client: TrinoClient, folder: string): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    for (const table of TPCH_TABLES) {
      const { columns, rows } = await client.run(`SELECT * FROM tpch.tiny.${table}`);
      const text = join(folder, `${table}.csv`);
      const lines = rows.map((row) => row.map((value) => `"${String(value).replaceAll('"', '""')}"`).join(','));
      await writeFile(text, `${columns.map(({ name }) => name).join(',')}\n${lines.join('\n')}\n`);
      const typed = columns.map(({ name, type }) => `CAST(${name} AS ${type}) AS ${name}`).join(', ');
      const read = `read_csv('${text}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`;
      await connection.run(`COPY (SELECT ${typed} FROM ${read}) TO '${join(folder, `${table}.parquet`)}'`);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
