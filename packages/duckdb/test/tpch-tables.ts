/**
 * Tables after TPC-H, small, made by arithmetic alone: the same rows on every machine, and keys that match.
 * 25 nations, 300 customers of which every third has no order, 2,000 orders, 8,000 line items.
 */
export const TPCH_TABLES: readonly string[] = [
  `CREATE TABLE nation AS
     SELECT i::INTEGER AS n_nationkey, 'NATION ' || i AS n_name, (i % 5)::INTEGER AS n_regionkey FROM range(25) t(i)`,
  `CREATE TABLE customer AS
     SELECT i::INTEGER AS c_custkey, 'Customer#' || i AS c_name, (i * 7 % 25)::INTEGER AS c_nationkey,
       (i * 7919 % 10000 / 100)::DECIMAL(10, 2) AS c_acctbal,
       ['BUILDING', 'MACHINERY', 'FURNITURE'][1 + i % 3] AS c_mktsegment
     FROM range(300) t(i)`,
  `CREATE TABLE orders AS
     SELECT i::INTEGER AS o_orderkey, (i * 13 % 200 * 3 // 2)::INTEGER AS o_custkey,
       ['F', 'O', 'P'][1 + i % 3] AS o_orderstatus, (i * 104729 % 500000)::DECIMAL(12, 2) AS o_totalprice,
       DATE '1995-01-01' + (i % 1000)::INTEGER AS o_orderdate
     FROM range(2000) t(i)`,
  `CREATE TABLE lineitem AS
     SELECT (i // 4)::INTEGER AS l_orderkey, (i % 4 + 1)::INTEGER AS l_linenumber, (i * 31 % 50 + 1)::INTEGER AS l_quantity,
       (i * 7907 % 90000 / 10)::DECIMAL(12, 2) AS l_extendedprice, (i % 11 / 100)::DECIMAL(4, 2) AS l_discount,
       ['A', 'N', 'R'][1 + i % 3] AS l_returnflag, DATE '1995-01-15' + (i % 1200)::INTEGER AS l_shipdate
     FROM range(8000) t(i)`,
];
