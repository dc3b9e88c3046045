/**
 * A collector that is away for a minute while the program makes 1,000 spans a second.
 *
 * `node --expose-gc --conditions=@planscope/source --import tsx bench/outage.ts [--seconds 60] [--queue 2048]
 * [--batch-seconds 30]`; fails when a span is not accounted for.
 */
import { setInterval, setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { balanceBooks } from './pipeline/balance-books.ts';
import { startMemoryCurve } from './pipeline/memory-curve.ts';
import { startReceiver } from './pipeline/start-receiver.ts';

const SPANS_A_TICK = 10;
const TICK_MILLIS = 10;
/** Before and after the outage. */
const QUIET_MILLIS = 3_000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    queue: { type: 'string', default: '2048' },
    'batch-seconds': { type: 'string', default: '30' },
  },
});
const outageMillis = Number(values.seconds) * 1000;
const receiver = await startReceiver();
const { config } = resolveTracingConfig({
  environment: {},
  explicit: {
    otlp: { endpoint: receiver.endpoint, protocol: 'http/json' },
    exportPolicy: {
      maxQueueSize: Number(values.queue),
      exportTimeoutMillis: Number(values['batch-seconds']) * 1000,
      scheduleDelayMillis: 1_000,
    },
  },
});
const tracing = startTracing(config, { register: 'never', warn: (message) => console.log(`  said: ${message}`) });
const tracer = tracing.tracerProvider.getTracer('bench');
const memory = startMemoryCurve(100);
console.log(`away for ${values.seconds} s, queue ${values.queue}, ${values['batch-seconds']} s for a batch`);

const outage = (async () => {
  await setTimeout(QUIET_MILLIS);
  await receiver.tell('go away');
  await setTimeout(outageMillis);
  await receiver.tell('come back');
})();

const started = performance.now();
const longest = outageMillis + 2 * QUIET_MILLIS;
let made = 0;
let latestTick = 0;
let before = started;
for await (const _ of setInterval(TICK_MILLIS)) {
  const now = performance.now();
  latestTick = Math.max(latestTick, now - before - TICK_MILLIS);
  before = now;
  // As many as the time that has passed asks for, so that a tick that came late does not lower the rate.
  const due = Math.floor(((now - started) / TICK_MILLIS) * SPANS_A_TICK);
  for (; made < due; made += 1) tracer.startSpan('FilterExec', { attributes: { index: made } }).end();
  if (now - started > longest) break;
}
await outage;
await tracing.shutdown(60_000);
console.log(`  ${balanceBooks(tracing.stats()[0], await receiver.tell('report'))}`);
console.log(`  a tick of the program came at most ${Math.round(latestTick)} ms late`);
console.log(`  ${memory.end()}`);
receiver.stop();
