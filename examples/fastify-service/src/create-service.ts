import { FastifyOtelInstrumentation } from '@fastify/otel';
import { createEngine, type Engine } from '@planscope/engine';
import fastify, { type FastifyInstance } from 'fastify';
import { answerQuery } from './answer-query.ts';

/** How long requests may go on once the service is closing, and connections once they are answered. */
const GRACE_MILLIS = 1_000;

/** The service with its engine: one for all requests, closed with the service. */
export async function createService(): Promise<FastifyInstance> {
  const engine = await createEngine();
  const service = fastify();
  endGracefully(service, engine);

  // Makes the span of each request, below that of the caller where its headers name one.
  const instrumentation = new FastifyOtelInstrumentation({
    instrumentHandler: false,
    instrumentHooks: false,
    requestHook: (span, { method, routeOptions }) => span.updateName(`${method} ${routeOptions.url}`),
  });
  await service.register(instrumentation.plugin());

  const limit = { type: 'integer', minimum: 1, maximum: 100 };
  service.get<{ Querystring: { limit: number } }>(
    '/delays',
    { schema: { querystring: { type: 'object', required: ['limit'], properties: { limit } } } },
    (request, reply) =>
      answerQuery(engine, request, reply, {
        // The limit is a number by the schema above, so it can stand in the text. JSON has no 64-bit integers: hence the cast.
        sql: `SELECT origin, max(delay)::INTEGER AS delay FROM flights GROUP BY origin ORDER BY delay DESC LIMIT ${request.query.limit}`,
        inputs: [{ name: 'flights', location: 'data/flights.csv' }],
      }),
  );

  // Takes minutes, unless the client disconnects.
  service.get('/simulation', (request, reply) =>
    answerQuery(engine, request, reply, { sql: 'SELECT sum(sqrt(i))::DOUBLE AS total FROM range(100000000000) t(i)' }),
  );
  return service;
}

/** Answers what was asked already when the service is closed; then stops what still runs, then lets go of who stays. */
function endGracefully(service: FastifyInstance, engine: Engine): void {
  service.addHook('preClose', async () => {
    setTimeout(() => engine.close(), GRACE_MILLIS).unref();
    // A client may keep a connection open, or have opened one ahead that it never used.
    setTimeout(() => service.server.closeAllConnections(), 2 * GRACE_MILLIS).unref();
  });
  service.addHook('onClose', () => engine.close());
}
