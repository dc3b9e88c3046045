/** A query of the suite. */
export interface NamedQuery {
  readonly sql: string;
  /** Operator types that its plan must have, so that the query is of the kind its name says. */
  readonly has: readonly string[];
}

/** SELECTs over the flights data and the TPC-H tables, one for each kind of plan. None is worth a warning. */
export const NAMED_QUERIES: Readonly<Record<string, NamedQuery>> = {
  'scan of a table': { sql: 'SELECT * FROM nation', has: ['TABLE_SCAN'] },
  'scan of Parquet': { sql: 'SELECT origin, delay FROM flights LIMIT 5000', has: ['TABLE_SCAN', 'STREAMING_LIMIT'] },
  'scan of CSV': { sql: 'SELECT iata, city FROM airports', has: ['TABLE_SCAN'] },
  filter: { sql: `SELECT c_name FROM customer WHERE c_acctbal > c_custkey AND c_name LIKE '%7%'`, has: ['FILTER'] },
  'filter in the scan': { sql: 'SELECT date FROM flights WHERE delay > 20', has: ['TABLE_SCAN'] },
  projection: { sql: 'SELECT l_extendedprice * (1 - l_discount) AS net FROM lineitem', has: ['PROJECTION'] },
  'inner join': {
    sql: 'SELECT c_name, o_totalprice FROM customer JOIN orders ON c_custkey = o_custkey',
    has: ['HASH_JOIN'],
  },
  'left join': {
    sql: 'SELECT c_custkey, o_orderkey FROM customer LEFT JOIN orders ON c_custkey = o_custkey',
    has: ['HASH_JOIN'],
  },
  'right join': {
    sql: 'SELECT c_custkey, o_orderkey FROM orders RIGHT JOIN customer ON c_custkey = o_custkey',
    has: ['HASH_JOIN'],
  },
  'full join': {
    sql: 'SELECT n_name, c_name FROM nation FULL JOIN customer ON n_nationkey = c_nationkey + 5',
    has: ['HASH_JOIN'],
  },
  'cross join': { sql: 'SELECT a.n_name, b.n_name FROM nation a CROSS JOIN nation b', has: ['CROSS_PRODUCT'] },
  'range join': {
    sql: 'SELECT count(*) FROM customer JOIN nation ON c_acctbal < n_nationkey AND c_custkey > n_regionkey',
    has: ['PIECEWISE_MERGE_JOIN'],
  },
  'inequality join': {
    sql: 'SELECT count(*) FROM customer JOIN nation ON c_nationkey <> n_nationkey',
    has: ['NESTED_LOOP_JOIN'],
  },
  'as-of join': {
    sql: 'SELECT l_orderkey, o_orderkey FROM lineitem ASOF JOIN orders ON l_shipdate >= o_orderdate',
    has: ['ASOF_JOIN'],
  },
  'positional join': { sql: 'SELECT n_name, c_name FROM nation POSITIONAL JOIN customer', has: ['POSITIONAL_SCAN'] },
  'semi join': {
    sql: 'SELECT c_custkey FROM customer WHERE c_custkey IN (SELECT o_custkey FROM orders WHERE o_totalprice > 400000)',
    has: ['HASH_JOIN'],
  },
  'anti join': {
    sql: 'SELECT c_custkey FROM customer ANTI JOIN orders ON c_custkey = o_custkey',
    has: ['HASH_JOIN'],
  },
  'three joins': {
    sql: `SELECT n_name, sum(l_extendedprice) AS revenue
      FROM nation JOIN customer ON n_nationkey = c_nationkey JOIN orders ON c_custkey = o_custkey
        JOIN lineitem ON o_orderkey = l_orderkey
      WHERE o_orderdate < DATE '1996-01-01' AND l_returnflag = 'R' GROUP BY n_name ORDER BY revenue DESC`,
    has: ['HASH_JOIN', 'ORDER_BY'],
  },
  'join of files': {
    sql: `SELECT city, date FROM flights JOIN airports ON iata = origin WHERE state = 'TX' AND delay > 20`,
    has: ['HASH_JOIN'],
  },
  aggregate: { sql: 'SELECT count(*), avg(l_quantity), max(l_shipdate) FROM lineitem', has: ['UNGROUPED_AGGREGATE'] },
  'grouped aggregate': {
    sql: 'SELECT o_custkey, o_orderdate, sum(o_totalprice) AS total FROM orders GROUP BY ALL HAVING total > 400000',
    has: ['HASH_GROUP_BY', 'FILTER'],
  },
  'perfect hash aggregate': {
    sql: 'SELECT l_linenumber, sum(l_quantity) FROM lineitem GROUP BY l_linenumber',
    has: ['PERFECT_HASH_GROUP_BY'],
  },
  distinct: { sql: 'SELECT DISTINCT l_returnflag, l_discount FROM lineitem', has: ['HASH_GROUP_BY'] },
  'grouping sets': {
    sql: 'SELECT o_orderstatus, o_custkey, count(*) FROM orders GROUP BY GROUPING SETS ((o_orderstatus), (o_custkey), ())',
    has: ['HASH_GROUP_BY'],
  },
  window: {
    sql: 'SELECT o_orderkey, rank() OVER (PARTITION BY o_custkey ORDER BY o_totalprice) FROM orders',
    has: ['WINDOW'],
  },
  'streaming window': { sql: 'SELECT row_number() OVER () FROM orders', has: ['STREAMING_WINDOW'] },
  sort: { sql: 'SELECT c_name FROM customer ORDER BY c_acctbal DESC, c_name', has: ['ORDER_BY'] },
  'top n': { sql: 'SELECT origin, delay FROM flights ORDER BY delay DESC, date LIMIT 10', has: ['TOP_N'] },
  limit: { sql: 'SELECT o_orderkey FROM orders LIMIT 7 OFFSET 3', has: ['STREAMING_LIMIT'] },
  'limit by share': { sql: 'SELECT o_orderkey FROM orders LIMIT 10%', has: ['LIMIT_PERCENT'] },
  'union all': { sql: 'SELECT c_custkey FROM customer UNION ALL SELECT n_nationkey FROM nation', has: ['UNION'] },
  union: { sql: 'SELECT c_nationkey FROM customer UNION SELECT n_regionkey FROM nation', has: ['UNION'] },
  except: { sql: 'SELECT c_custkey FROM customer EXCEPT SELECT o_custkey FROM orders', has: ['HASH_JOIN'] },
  intersect: { sql: 'SELECT c_custkey FROM customer INTERSECT SELECT o_custkey FROM orders', has: ['HASH_JOIN'] },
  'recursive query': {
    sql: `WITH RECURSIVE steps(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM steps WHERE n < 20)
      SELECT n, n_name FROM steps JOIN nation ON n = n_nationkey`,
    has: ['RECURSIVE_CTE'],
  },
  'common table expression': {
    sql: `WITH big AS MATERIALIZED (SELECT o_custkey FROM orders WHERE o_totalprice > 300000)
      SELECT a.o_custkey FROM big a JOIN big b USING (o_custkey)`,
    has: ['CTE', 'CTE_SCAN'],
  },
  'correlated subquery': {
    sql: `SELECT c_name FROM customer
      WHERE c_acctbal > (SELECT avg(o_totalprice) / 10000 FROM orders WHERE o_custkey = c_custkey)`,
    has: ['HASH_JOIN', 'PERFECT_HASH_GROUP_BY'],
  },
  'correlated existence': {
    sql: `SELECT c_name FROM customer
      WHERE EXISTS (SELECT 1 FROM nation WHERE n_nationkey > c_nationkey AND n_regionkey < c_acctbal - 90)`,
    has: ['LEFT_DELIM_JOIN', 'DELIM_SCAN'],
  },
  'lateral join': {
    sql: `SELECT n_name, best.c_name FROM nation,
      LATERAL (SELECT c_name FROM customer WHERE c_nationkey = n_nationkey ORDER BY c_acctbal DESC, c_name LIMIT 1) best`,
    has: ['HASH_JOIN'],
  },
  'scalar subquery': {
    sql: 'SELECT n_name FROM nation WHERE n_nationkey < (SELECT avg(c_nationkey) FROM customer)',
    has: ['UNGROUPED_AGGREGATE'],
  },
  unnest: { sql: 'SELECT n_name, unnest(range(n_regionkey)) AS i FROM nation', has: ['UNNEST'] },
  pivot: {
    sql: `FROM (PIVOT (SELECT o_orderstatus, o_custkey, o_totalprice FROM orders)
      ON o_orderstatus IN ('F', 'O') USING sum(o_totalprice) GROUP BY o_custkey)`,
    has: ['PERFECT_HASH_GROUP_BY'],
  },
  'pivot to many columns': {
    sql: `FROM (PIVOT (SELECT c_mktsegment, c_nationkey FROM customer)
      ON c_nationkey IN (${Array.from({ length: 25 }, (_, key) => key).join(', ')}) USING count(*))`,
    has: ['PIVOT'],
  },
  sample: {
    sql: 'SELECT o_orderkey FROM orders USING SAMPLE reservoir(50 ROWS) REPEATABLE (1)',
    has: ['RESERVOIR_SAMPLE'],
  },
  values: { sql: `SELECT * FROM (VALUES (1, 'one'), (2, 'two')) t(i, name)`, has: ['COLUMN_DATA_SCAN'] },
  'table function': { sql: 'SELECT range * 2 AS even FROM range(1000)', has: ['TABLE_SCAN'] },
  'empty result': { sql: 'SELECT * FROM airports WHERE latitude > 1000', has: ['FILTER'] },
  'empty plan': { sql: 'SELECT * FROM nation WHERE 1 = 0', has: ['EMPTY_RESULT'] },
};
