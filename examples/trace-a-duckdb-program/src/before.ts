import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create();
const connection = await instance.connect();

await connection.run(`
  CREATE TABLE orders AS
  SELECT i AS id, i % 5000 AS customer, (i * 7919) % 10000 / 100 AS amount FROM range(1000000) t(i)
`);
await connection.run(`
  CREATE TABLE customers AS
  SELECT i AS id, ['Chile', 'Ghana', 'Japan', 'Norway'][1 + i % 4] AS country FROM range(5000) t(i)
`);

const reader = await connection.runAndReadAll(`
  SELECT country, count(*) AS orders, round(sum(amount)) AS revenue
  FROM orders JOIN customers ON orders.customer = customers.id
  WHERE amount > 90
  GROUP BY country ORDER BY revenue DESC LIMIT 3
`);
for (const { country, orders, revenue } of reader.getRowObjectsJson()) console.log(country, orders, revenue);

connection.closeSync();
instance.closeSync();
