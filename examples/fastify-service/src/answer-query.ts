import type { Engine, StreamQuery } from '@planscope/engine';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Answers a request with the rows of a query, which runs below the span of the request and no longer than it. */
export async function answerQuery(
  engine: Engine,
  request: FastifyRequest,
  reply: FastifyReply,
  query: StreamQuery,
): Promise<unknown> {
  const { context } = request.opentelemetry();
  const signal = clientGone(reply);
  try {
    const { batches } = await engine.stream(query, { signal, ...(context && { otelContext: context }) });
    const rows: unknown[] = [];
    for await (const batch of batches) for (const row of batch) rows.push(row);
    return rows;
  } catch (error) {
    // No one is there to read it; 499 is what proxies write down, and no failure of the service.
    if (signal.aborted) return reply.code(499).send();
    throw error;
  }
}

/**
 * Aborted when the client goes away before it has its answer.
 *
 * Fastify's `request.signal` would not do for a POST: it is aborted as soon as the body was read.
 */
function clientGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
