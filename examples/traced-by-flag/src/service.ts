import { DuckDBInstance } from '@duckdb/node-api';
import fastify, { type FastifyInstance } from 'fastify';

/** Flights by city, from DuckDB; it knows nothing of tracing. */
export async function createService(): Promise<FastifyInstance> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(
    `CREATE TABLE flights AS SELECT ['Lima', 'Oslo'][1 + i % 2] AS city, i % 100 AS delay FROM range(10000) t(i)`,
  );
  const service = fastify();
  service.get<{ Params: { city: string } }>('/late/:city', async ({ params }) => {
    const sql = 'SELECT count(*)::INTEGER AS late FROM flights WHERE city = $city AND delay > 60';
    const [row] = (await connection.runAndReadAll(sql, { city: params.city })).getRowObjectsJson();
    return row;
  });
  service.addHook('onClose', async () => {
    connection.closeSync();
    instance.closeSync();
  });
  return service;
}
