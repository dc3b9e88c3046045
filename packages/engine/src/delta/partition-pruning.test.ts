import { DuckDBSession } from '@planscope/duckdb';
import { MemoryStore } from '@planscope/object-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OutputNode } from '../logical/output-node.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import type { DeltaFile } from './delta-actions.ts';
import { prunedFiles } from './partition-pruning.ts';

let session: DuckDBSession;
beforeAll(async () => {
  session = await DuckDBSession.open();
});
afterAll(() => session.close());

const columns = [
  { name: 'day', type: 'DATE' },
  { name: 'Region', type: 'VARCHAR' },
  { name: 'n', type: 'BIGINT' },
].map((column) => ({ ...column, stored: column }));
const files: DeltaFile[] = [
  ['2026-01-01', 'eu'],
  ['2026-01-02', 'eu'],
  ['2026-01-02', "o'hare"],
  [null, ''],
].map(([day = null, region = null], index) => ({
  path: `${index}.parquet`,
  partitionValues: { day, Region: region },
  size: 1,
  modificationTime: 0,
}));

/** The files that a query over the table `t` needs, by their numbers. */
async function needed(sql: string, filters: readonly string[] = []): Promise<number[]> {
  const relation = new RelationNode({ names: ['t'], location: 't', format: 'delta', field: 'inputs[0]', filters });
  const view = new ViewNode({ viewName: 'v', sql, field: 'views[0]', children: [relation] });
  const plan = new OutputNode({ name: 'o', from: 'v' }, 'outputs[0]', view);
  const metadata = { id: 'x', schemaString: '', partitionColumns: ['day', 'Region'] };
  const protocol = { minReaderVersion: 1, minWriterVersion: 2 };
  const table = {
    place: { store: new MemoryStore(), path: 't' },
    snapshot: { version: 0, protocol, metadata, files },
    columns,
  };
  const means = { session, readSyntax: (text: string) => session.syntaxTree(text) };
  const kept = await prunedFiles(relation, table, plan, means);
  return kept.map((file) => files.indexOf(file));
}

const ALL = [0, 1, 2, 3];

it.each([
  ["SELECT * FROM t WHERE region = 'eu'", [0, 1]],
  ["SELECT * FROM t WHERE region = 'o''hare'", [2]],
  ["SELECT * FROM t AS x WHERE x.day > DATE '2026-01-01' AND n > 3", [1, 2]],
  ["SELECT * FROM T WHERE day BETWEEN '2026-01-02' AND '2026-01-03'", [1, 2]],
  ["SELECT * FROM t WHERE (region = 'eu' OR day = '2026-01-02') AND region <> 'eu'", [2]],
  ["SELECT * FROM t WHERE NOT (region = 'eu')", [2]],
  ["SELECT * FROM t JOIN other ON t.n = other.n WHERE t.region IN ('eu', 'us')", [0, 1]],
  ["SELECT * FROM other LEFT JOIN t ON t.n = other.n WHERE t.region = 'eu'", [0, 1]],
])('prunes by %s', async (sql, expected) => {
  expect(await needed(sql)).toEqual(expected);
});

it.each([
  ['another column in an OR', "SELECT * FROM t WHERE region = 'eu' OR n = 1"],
  ['a condition that null passes', 'SELECT * FROM t WHERE region IS NULL'],
  ['a function', "SELECT * FROM t WHERE upper(region) = 'EU'"],
  ['a column that may be of another table', "SELECT * FROM t JOIN other USING (n) WHERE region = 'eu'"],
  ['a second use of the table', "SELECT * FROM t WHERE region = 'eu' AND n = (SELECT max(n) FROM t)"],
  ['a use in a common table expression', "WITH x AS (FROM t) SELECT * FROM x WHERE region = 'eu'"],
  ['a union', "SELECT * FROM t WHERE region = 'eu' UNION ALL SELECT * FROM t"],
  ['a subquery in the condition', "SELECT * FROM t WHERE region = (SELECT 'eu')"],
])('keeps all files for %s', async (_, sql) => {
  expect(await needed(sql)).toEqual(ALL);
});

it('prunes by the filters that a rule gave the input, if they have only partition columns', async () => {
  expect(await needed('SELECT * FROM t', ["region = 'eu' -- of the tenant"])).toEqual([0, 1]);
  expect(await needed('SELECT * FROM t', ['n = 1'])).toEqual(ALL);
  // It holds for rows, each on its own, and not for files.
  expect(await needed('SELECT * FROM t', ['random() < 0'])).toEqual(ALL);
});
