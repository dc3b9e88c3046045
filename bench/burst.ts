/**
 * A burst of 100,000 spans in one turn of the event loop, with the default queue and with one that holds them.
 *
 * `node --expose-gc --conditions=@planscope/source --import tsx bench/burst.ts [--spans 100000]`; fails when a span is
 * not accounted for.
 */
import { parseArgs } from 'node:util';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { balanceBooks } from './pipeline/balance-books.ts';
import { startMemoryCurve } from './pipeline/memory-curve.ts';
import { startReceiver } from './pipeline/start-receiver.ts';

const { values } = parseArgs({ options: { spans: { type: 'string', default: '100000' } } });
const spans = Number(values.spans);

for (const maxQueueSize of [2048, spans]) {
  const receiver = await startReceiver();
  const otlp = { endpoint: receiver.endpoint, protocol: 'http/json' as const };
  const { config } = resolveTracingConfig({ environment: {}, explicit: { otlp, exportPolicy: { maxQueueSize } } });
  const tracing = startTracing(config, { register: 'never', warn: () => {} });
  const tracer = tracing.tracerProvider.getTracer('bench');
  const memory = startMemoryCurve();

  const started = performance.now();
  for (let index = 0; index < spans; index += 1) {
    tracer.startSpan('FilterExec', { attributes: { 'datafusion.metrics.output_rows': index } }).end();
  }
  const made = performance.now();
  await tracing.shutdown(120_000);
  const ended = performance.now();

  console.log(`maxQueueSize ${maxQueueSize}`);
  console.log(`  ${balanceBooks(tracing.stats()[0], await receiver.tell('report'))}`);
  console.log(
    `  making them ${Math.round(made - started)} ms, ${(((made - started) * 1000) / spans).toFixed(1)} µs each; sending what was queued ${Math.round(ended - made)} ms`,
  );
  console.log(`  ${memory.end()}`);
  receiver.stop();
}
