import { expect, it } from 'vitest';
import { namedRelations } from './table-references.ts';

it.each<[sql: string, names: string[]]>([
  ['SELECT * FROM orders', ['orders']],
  ['SELECT * FROM orders o, "line Items" AS l JOIN nation USING (x)', ['orders', 'line Items', 'nation']],
  ['SELECT orders FROM a', ['a']],
  ['SELECT * FROM tpch.tiny.orders JOIN tiny.nation ON true', []],
  ['WITH a AS (SELECT 1), b (x, y) AS (SELECT * FROM a, c) SELECT * FROM b', ['c']],
  ['WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT * FROM t', []],
  ['SELECT * FROM (SELECT * FROM (a CROSS JOIN b)) AS x', ['a', 'b']],
  ['SELECT (SELECT max(x) FROM a) FROM b WHERE EXISTS (SELECT 1 FROM c)', ['a', 'b', 'c']],
  ['SELECT extract(year FROM day), trim(BOTH x FROM y), substring(z FROM 2 FOR 1) FROM a', ['a']],
  ['SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM c FROM d', ['d']],
  ['SELECT x FROM a UNION ALL SELECT y FROM b ORDER BY 1', ['a', 'b']],
  ['SELECT x, y FROM a GROUP BY x, y', ['a']],
  ["SELECT 'FROM a' FROM b -- FROM c\n/* FROM d */", ['b']],
  ['SELECT * FROM UNNEST(ARRAY[1, 2]) AS t (n)', []],
  ['SELECT * FROM a CROSS JOIN UNNEST(a.list) AS t (n), LATERAL (SELECT a.x FROM b)', ['a', 'b']],
  ['SELECT * FROM TABLE(sequence(1, 3))', []],
  ['SELECT * FROM TABLE(exclude_columns(input => TABLE(a), columns => DESCRIPTOR(x)))', ['a']],
  ['TABLE a', ['a']],
  ['SELECT * FROM a TABLESAMPLE BERNOULLI (10), b', ['a', 'b']],
  ['SELECT count(*) FILTER (WHERE x > 1) OVER (PARTITION BY y ORDER BY z) FROM a', ['a']],
  ['SELECT * FROM A JOIN a ON true', ['A']],
  ['', []],
])('%s', (sql, names) => {
  expect(namedRelations(sql).map(({ name }) => name)).toEqual(names);
});
