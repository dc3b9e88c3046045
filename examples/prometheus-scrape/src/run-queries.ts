import type { Engine } from '@planscope/engine';

const numbers = 'SELECT i AS number, i % 7 AS weekday FROM range(5000) t(i)';

/** What a day brings: rows for a caller, a file, and a query that fails. */
export async function runQueries(engine: Engine): Promise<void> {
  for (const weekday of [1, 2, 3]) {
    const { batches } = await engine.stream({ sql: `SELECT * FROM (${numbers}) WHERE weekday = ${weekday}` });
    let rows = 0;
    for await (const batch of batches) rows += batch.numRows;
    console.log(`weekday ${weekday}: ${rows} rows`);
  }

  const { summary } = await engine.run({
    version: 1,
    views: [{ name: 'numbers', sql: numbers }],
    outputs: [{ name: 'numbers', from: 'numbers', location: 'memory:///numbers.parquet' }],
  });
  console.log(`file: ${'value' in summary.outputRows ? summary.outputRows.value : 'unknown'} rows`);

  const failing = await engine.stream({ sql: `SELECT CASE WHEN i = 9 THEN error('no luck') END FROM range(10) t(i)` });
  try {
    for await (const _ of failing.batches);
  } catch (error) {
    console.log(`failed: ${(error as Error).message}`);
  }
}
