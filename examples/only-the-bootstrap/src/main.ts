import { rm } from 'node:fs/promises';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { checkout } from './checkout.ts';
import { startReceiver } from './receiver.ts';

const receiver = await startReceiver();
const path = '.planscope/traces.jsonl';
await rm(path, { force: true });

// The whole set-up. What it leaves open, variables such as OTEL_TRACES_SAMPLER may say.
const { config } = resolveTracingConfig({
  explicit: {
    serviceName: 'shop',
    exporters: ['otlp', 'file'],
    otlp: { endpoint: receiver.url, protocol: 'http/json' },
    file: { path },
  },
});
const tracing = startTracing(config);

const orders = [
  { id: 'A-1', items: 2, card: 'valid' },
  { id: 'A-2', items: 7, card: 'valid' },
  { id: 'A-3', items: 1, card: 'expired' },
] as const;
// At the same time: each span finds its parent all the same.
for (const outcome of await Promise.all(orders.map(checkout))) console.log(outcome);

await tracing.shutdown();
console.log();
for (const { exporter, made, exported, dropped, unknown } of tracing.stats()) {
  console.log(`${exporter}: ${made} made = ${exported} exported + ${dropped} dropped + ${unknown} unknown`);
}
console.log(`\nThe receiver got\n${receiver.received().join('\n')}`);
await receiver.close();
