/** Queries over TPC-H in the SQL that DuckDB and Trino share, each with a complete order. `$day` is a date. */
export const portableQueries: Readonly<Record<string, string>> = {
  'sums and counts by group': `
    SELECT returnflag, linestatus, sum(quantity) AS quantity, sum(extendedprice * (1 - discount)) AS price,
           min(shipdate) AS first_day, max(discount) AS discount, count(*) AS n
    FROM lineitem WHERE shipdate <= $day GROUP BY returnflag, linestatus ORDER BY returnflag, linestatus`,
  'the largest of three joined tables': `
    SELECT l.orderkey, sum(l.extendedprice * (1 - l.discount)) AS revenue, o.orderdate, o.shippriority
    FROM customer c JOIN orders o ON c.custkey = o.custkey JOIN lineitem l ON l.orderkey = o.orderkey
    WHERE c.mktsegment = 'BUILDING' AND o.orderdate < $day AND l.shipdate > $day
    GROUP BY l.orderkey, o.orderdate, o.shippriority ORDER BY revenue DESC, l.orderkey LIMIT 20`,
  'sums over five tables': `
    SELECT r.name AS region, n.name AS nation, count(DISTINCT c.custkey) AS customers, sum(o.totalprice) AS total
    FROM region r, nation n, customer c, orders o
    WHERE n.regionkey = r.regionkey AND c.nationkey = n.nationkey AND o.custkey = c.custkey
      AND o.orderdate >= $day AND o.orderdate < $day + INTERVAL '1' YEAR
    GROUP BY r.name, n.name HAVING count(*) > 10 ORDER BY 1, 2`,
  'nulls of an outer join': `
    SELECT c.custkey, c.name, max(o.totalprice) AS most, max(o.orderdate) AS last_day, count(o.orderkey) AS orders
    FROM customer c LEFT JOIN orders o ON o.custkey = c.custkey AND o.orderdate > $day
    GROUP BY c.custkey, c.name ORDER BY most NULLS FIRST, c.custkey LIMIT 200`,
  'conditions and a ratio': `
    SELECT p.brand, CAST(sum(CASE WHEN p.type LIKE 'PROMO%' THEN l.extendedprice END) AS double) AS promoted,
           CAST(sum(l.extendedprice) AS double) AS price
    FROM lineitem l JOIN part p ON p.partkey = l.partkey WHERE l.shipdate >= $day
    GROUP BY p.brand ORDER BY p.brand`,
  'subqueries and a window': `
    WITH ranked AS (
      SELECT o.*, row_number() OVER (PARTITION BY custkey ORDER BY totalprice DESC, orderkey) AS place FROM orders o
      WHERE EXISTS (SELECT 1 FROM lineitem l WHERE l.orderkey = o.orderkey AND l.commitdate < l.receiptdate))
    SELECT orderpriority, extract(year FROM orderdate) AS year, count(*) AS n, sum(totalprice) AS total,
           nullif(min(place), 1) AS place
    FROM ranked WHERE place <= 2 AND orderdate < $day GROUP BY 1, 2 ORDER BY 1, 2`,
};
