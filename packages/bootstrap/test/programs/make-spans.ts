// Starts tracing as the environment says, ends ten spans, prints "ready", and ends in the way it is asked to.
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { startTracing } from '../../src/index.ts';
import { tracingConfig } from '../support/tracing-config.ts';

const { ENDPOINT, FILE, FILE_MAX_BYTES, LOG, ENDING, SLOW_MILLIS, DEADLINE = '500' } = process.env;
const handle = startTracing(
  tracingConfig({
    exporters: [
      ...(ENDPOINT ? ['otlp' as const] : []),
      ...(FILE ? ['file' as const] : []),
      ...(LOG === 'stdout' ? ['log' as const] : []),
      ...(LOG === 'console' ? ['console' as const] : []),
    ],
    otlp: { endpoint: ENDPOINT ?? 'http://127.0.0.1:1' },
    ...(FILE && { file: { path: FILE, ...(FILE_MAX_BYTES && { maxBytes: Number(FILE_MAX_BYTES) }) } }),
    ...(SLOW_MILLIS && { exportPolicy: { slowQuery: { thresholdMillis: Number(SLOW_MILLIS) } } }),
  }),
  { deadlineMillis: Number(DEADLINE) },
);
const tracer = trace.getTracer('test');
for (let index = 0; index < 10; index += 1) tracer.startSpan(`span ${index}`).end();

const endings: Record<string, () => unknown> = {
  normal: () => {},
  exit: () => process.exit(3),
  throw: () => {
    throw new Error('not caught');
  },
  reject: () => Promise.reject(new Error('not handled')),
  shutdown: () => handle.shutdown(),
  // A program that goes on after an error no one caught, as some do.
  'caught late': () => {
    process.on('uncaughtException', () => {
      tracer.startSpan('after the error').end();
    });
    throw new Error('not caught');
  },
  'running query': () => {
    const attributes = { 'planscope.span.kind': 'query' };
    for (const [name, age] of [
      ['young', 0],
      ['old', 60_000],
    ] as const) {
      const startTime = Date.now() - age;
      const query = trace.setSpan(ROOT_CONTEXT, tracer.startSpan(name, { startTime, attributes }));
      tracer.startSpan(`below ${name}`, { startTime }, query).end(startTime + 1);
    }
    process.exit(3);
  },
  unfinished: () => {
    const root = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('the root'));
    tracer.startSpan('below the root', {}, root).end();
    process.exit(3);
  },
  'forgotten handle': () => setTimeout(() => {}, 50),
  wait: () => setInterval(() => {}, 1_000),
  'own listener': () => {
    const alive = setInterval(() => {}, 1_000);
    process.on('SIGTERM', () => {
      tracer.startSpan('at the end').end();
      setTimeout(() => {
        clearInterval(alive);
        process.exitCode = 7;
      }, 100);
    });
  },
  'no handler left': async () => {
    await handle.shutdown();
    setInterval(() => {}, 1_000);
    process.stdout.write(`listeners ${process.listenerCount('SIGTERM')} ${process.listenerCount('SIGINT')}\n`);
  },
};
endings[ENDING ?? '']?.();
process.stdout.write('ready\n');
