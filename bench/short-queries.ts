/**
 * Ten thousand short queries of six spans each, one in a hundred of them slow: all exported, and the slow ones only.
 *
 * `node --expose-gc --conditions=@planscope/source --import tsx bench/short-queries.ts [--queries 10000]`; fails when a
 * span is not accounted for.
 */
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ROOT_CONTEXT, type Tracer, trace } from '@opentelemetry/api';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { ATTR_SPAN_KIND } from '@planscope/semconv';
import { balanceBooks } from './pipeline/balance-books.ts';
import { startMemoryCurve } from './pipeline/memory-curve.ts';
import { startReceiver } from './pipeline/start-receiver.ts';

const OPERATORS = 5;
const SLOW_EVERY = 100;
const THRESHOLD_MILLIS = 1_000;

const { values } = parseArgs({ options: { queries: { type: 'string', default: '10000' } } });
const queries = Number(values.queries);

/** The spans of one query, whose times are given and not waited for. */
function traceQuery(tracer: Tracer, millis: number): void {
  const startTime = Date.now();
  const query = tracer.startSpan('SELECT flights', { startTime, attributes: { [ATTR_SPAN_KIND]: 'query' } });
  const context = trace.setSpan(ROOT_CONTEXT, query);
  for (let index = 0; index < OPERATORS; index += 1) {
    const attributes = { [ATTR_SPAN_KIND]: 'operator', 'datafusion.metrics.output_rows': index };
    tracer.startSpan('FilterExec', { startTime, attributes }, context).end(startTime + 1);
  }
  query.end(startTime + millis);
}

for (const slowQuery of [{}, { thresholdMillis: THRESHOLD_MILLIS }]) {
  const receiver = await startReceiver();
  const otlp = { endpoint: receiver.endpoint, protocol: 'http/json' as const };
  const { config } = resolveTracingConfig({ environment: {}, explicit: { otlp, exportPolicy: { slowQuery } } });
  const tracing = startTracing(config, { register: 'never', warn: () => {} });
  const tracer = tracing.tracerProvider.getTracer('bench');
  const memory = startMemoryCurve();

  let busyMillis = 0;
  for (let index = 0; index < queries; index += 1) {
    const started = performance.now();
    traceQuery(tracer, index % SLOW_EVERY === 0 ? 2 * THRESHOLD_MILLIS : 2);
    busyMillis += performance.now() - started;
    await setImmediate();
  }
  await tracing.shutdown(60_000);

  console.log(`${queries} queries, ${'thresholdMillis' in slowQuery ? 'slow ones only' : 'all'}`);
  console.log(`  ${balanceBooks(tracing.stats()[0], await receiver.tell('report'))}`);
  console.log(`  the spans of a query cost the program ${((busyMillis * 1000) / queries).toFixed(1)} µs`);
  console.log(`  ${memory.end()}`);
  receiver.stop();
}
