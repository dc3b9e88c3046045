// Operators whose rows DuckDB does not count. Run: npm install @duckdb/node-api && node uncounted-rows.mjs
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const QUERIES = {
  'materialised common table expression': `WITH big AS MATERIALIZED (SELECT range AS i FROM range(1000))
    SELECT a.i FROM big a JOIN big b USING (i)`,
  'correlated subquery': `SELECT i FROM t
    WHERE EXISTS (SELECT 1 FROM range(100) s(j) WHERE j > t.i AND j * 2 < t.x)`,
  'positional join': 'SELECT a.i, b.x FROM t a POSITIONAL JOIN t b',
};

const folder = mkdtempSync(join(tmpdir(), 'uncounted-rows-'));
const profile = join(folder, 'profile.json');
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run('CREATE TABLE t AS SELECT range AS i, range * 3 AS x FROM range(1000)');
await connection.run(
  `SET enable_profiling = 'json'; SET profiling_output = '${profile}'; SET profiling_mode = 'detailed'`,
);

/** Operators that say they put out no row. */
const silent = ({ operator_type, operator_cardinality, children }) => [
  ...(operator_cardinality === 0 ? [operator_type] : []),
  ...children.flatMap(silent),
];

const seen = {};
for (const [name, sql] of Object.entries(QUERIES)) {
  const { currentRowCount } = await connection.runAndReadAll(sql);
  const { rows_returned, children } = JSON.parse(readFileSync(profile, 'utf8'));
  seen[name] = {
    'rows that came': currentRowCount,
    'rows_returned of the profile': rows_returned,
    'operators with a cardinality of 0': children.flatMap(silent),
  };
}
console.log(JSON.stringify(seen, null, 2));
connection.disconnectSync();
instance.closeSync();
rmSync(folder, { recursive: true });
