/** TPC-H queries in the names of Trino's `tpch` connector, which has no prefixes. */
export const TPCH_QUERIES: Readonly<Record<string, string>> = {
  Q1: `SELECT returnflag, linestatus, sum(quantity), sum(extendedprice), sum(extendedprice * (1 - discount)), avg(discount), count(*)
    FROM lineitem WHERE shipdate <= DATE '1998-09-02' GROUP BY returnflag, linestatus ORDER BY returnflag, linestatus`,
  Q3: `SELECT l.orderkey, sum(l.extendedprice * (1 - l.discount)) AS revenue, o.orderdate
    FROM customer c, orders o, lineitem l
    WHERE c.mktsegment = 'BUILDING' AND c.custkey = o.custkey AND l.orderkey = o.orderkey
      AND o.orderdate < DATE '1995-03-15' AND l.shipdate > DATE '1995-03-15'
    GROUP BY l.orderkey, o.orderdate ORDER BY revenue DESC, o.orderdate LIMIT 10`,
  Q4: `SELECT orderpriority, count(*) FROM orders o
    WHERE orderdate >= DATE '1993-07-01' AND orderdate < DATE '1993-10-01'
      AND EXISTS (SELECT * FROM lineitem l WHERE l.orderkey = o.orderkey AND commitdate < receiptdate)
    GROUP BY orderpriority ORDER BY orderpriority`,
  Q5: `SELECT n.name, sum(l.extendedprice * (1 - l.discount)) AS revenue
    FROM customer c, orders o, lineitem l, supplier s, nation n, region r
    WHERE c.custkey = o.custkey AND l.orderkey = o.orderkey AND l.suppkey = s.suppkey AND c.nationkey = s.nationkey
      AND s.nationkey = n.nationkey AND n.regionkey = r.regionkey AND r.name = 'ASIA'
      AND o.orderdate >= DATE '1994-01-01' AND o.orderdate < DATE '1995-01-01'
    GROUP BY n.name ORDER BY revenue DESC`,
  Q6: `SELECT sum(extendedprice * discount) FROM lineitem
    WHERE shipdate >= DATE '1994-01-01' AND shipdate < DATE '1995-01-01' AND discount BETWEEN 0.05 AND 0.07 AND quantity < 24`,
  Q10: `SELECT c.custkey, c.name, sum(l.extendedprice * (1 - l.discount)) AS revenue, n.name
    FROM customer c, orders o, lineitem l, nation n
    WHERE c.custkey = o.custkey AND l.orderkey = o.orderkey AND o.orderdate >= DATE '1993-10-01'
      AND o.orderdate < DATE '1994-01-01' AND l.returnflag = 'R' AND c.nationkey = n.nationkey
    GROUP BY c.custkey, c.name, n.name ORDER BY revenue DESC LIMIT 20`,
  Q13: `SELECT c_count, count(*) AS custdist FROM (
      SELECT c.custkey, count(o.orderkey) AS c_count FROM customer c
      LEFT OUTER JOIN orders o ON c.custkey = o.custkey AND o.comment NOT LIKE '%special%requests%' GROUP BY c.custkey
    ) GROUP BY c_count ORDER BY custdist DESC, c_count DESC`,
  Q14: `SELECT 100.0 * sum(CASE WHEN p.type LIKE 'PROMO%' THEN l.extendedprice * (1 - l.discount) ELSE 0 END)
      / sum(l.extendedprice * (1 - l.discount))
    FROM lineitem l, part p WHERE l.partkey = p.partkey AND l.shipdate >= DATE '1995-09-01' AND l.shipdate < DATE '1995-10-01'`,
  Q16: `SELECT p.brand, p.type, p.size, count(DISTINCT ps.suppkey) AS supplier_cnt FROM partsupp ps, part p
    WHERE p.partkey = ps.partkey AND p.brand <> 'Brand#45' AND p.type NOT LIKE 'MEDIUM POLISHED%'
      AND p.size IN (49, 14, 23, 45, 19, 3, 36, 9)
      AND ps.suppkey NOT IN (SELECT suppkey FROM supplier WHERE comment LIKE '%Customer%Complaints%')
    GROUP BY p.brand, p.type, p.size ORDER BY supplier_cnt DESC, p.brand, p.type, p.size`,
  Q18: `SELECT c.name, c.custkey, o.orderkey, o.orderdate, o.totalprice, sum(l.quantity)
    FROM customer c, orders o, lineitem l
    WHERE o.orderkey IN (SELECT orderkey FROM lineitem GROUP BY orderkey HAVING sum(quantity) > 250)
      AND c.custkey = o.custkey AND o.orderkey = l.orderkey
    GROUP BY c.name, c.custkey, o.orderkey, o.orderdate, o.totalprice ORDER BY o.totalprice DESC, o.orderdate LIMIT 100`,
};
