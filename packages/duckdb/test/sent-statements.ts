import { type DuckDBConnection, DuckDBConnection as DuckDBConnectionClass } from '@duckdb/node-api';
import { vi } from 'vitest';

/** What DuckDB was asked while something was done. */
export interface SentStatements {
  /** Statements that were run, by DuckDB's own count. */
  readonly run: number;
  /** Texts of those that were prepared or run by the driver's methods. */
  readonly texts: readonly string[];
}

/** @param bare another connection of the instance, which no one uses meanwhile */
export async function sentWhile(bare: DuckDBConnection, work: () => Promise<unknown>): Promise<SentStatements> {
  const before = await queryNumber(bare);
  const texts: string[] = [];
  const spies = (['run', 'prepare', 'extractStatements'] as const).map((name) => {
    const original = DuckDBConnectionClass.prototype[name] as (sql: string, ...rest: unknown[]) => unknown;
    return vi.spyOn(DuckDBConnectionClass.prototype, name).mockImplementation(function (
      this: DuckDBConnection,
      sql: string,
      ...rest: unknown[]
    ) {
      texts.push(sql);
      return original.call(this, sql, ...rest);
    } as never);
  });
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { run: (await queryNumber(bare)) - before - 1, texts };
}

/** DuckDB numbers the queries of an instance. */
async function queryNumber(bare: DuckDBConnection): Promise<number> {
  return Number((await bare.runAndReadAll('SELECT current_query_id()')).getRows()[0]?.[0]);
}
