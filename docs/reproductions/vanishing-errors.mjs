// DuckDB's streams end early without an error. Run: npm install @duckdb/node-api && node vanishing-errors.mjs
import { DuckDBInstance } from '@duckdb/node-api';

const ROWS = 3_000_000;
const ALL = `SELECT range AS n FROM range(${ROWS})`;
const FAILING = `SELECT CASE WHEN range = 2500000 THEN error('row 2,500,000 is bad') ELSE range END AS n FROM range(${ROWS})`;

const instance = await DuckDBInstance.create(':memory:');

/** Streams a query, does something to its connection after the first chunk, and says what the reader sees. */
async function stream(sql, meddle = () => {}) {
  const connection = await instance.connect();
  const result = await connection.stream(sql);
  let rows = 0;
  let error = null;
  try {
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      if (rows === 0) await meddle(connection);
      rows += chunk.rowCount;
    }
  } catch (thrown) {
    error = thrown.message;
  }
  // The only trace that is left: a result that broke off no longer knows its kind of statement.
  const statementType = result.statementType;
  connection.disconnectSync();
  return { rows, error, statementType };
}

async function materialised() {
  const connection = await instance.connect();
  try {
    return { rows: (await connection.run(FAILING)).rowCount, error: null };
  } catch (thrown) {
    return { rows: 0, error: thrown.message };
  } finally {
    connection.disconnectSync();
  }
}

const seen = {
  'all rows': await stream(ALL),
  'an error after the first rows': await stream(FAILING),
  'an interrupt': await stream(ALL, (connection) => connection.interrupt()),
  'another query on the connection': await stream(ALL, (connection) => connection.run('SELECT 1')),
  'the same error, materialised': await materialised(),
};
console.log(JSON.stringify(seen, null, 2));
instance.closeSync();
