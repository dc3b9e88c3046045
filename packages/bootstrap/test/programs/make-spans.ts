// Starts tracing as the environment says, ends ten spans, prints "ready", and ends in the way it is asked to.
import { trace } from '@opentelemetry/api';
import { startTracing } from '../../src/index.ts';
import { tracingConfig } from '../support/tracing-config.ts';

const { ENDPOINT, FILE, LOG, ENDING } = process.env;
const handle = startTracing(
  tracingConfig({
    exporters: [...(ENDPOINT ? ['otlp' as const] : []), ...(FILE ? ['file' as const] : [])],
    otlp: { endpoint: ENDPOINT ?? 'http://127.0.0.1:1' },
    ...(FILE && { file: { path: FILE } }),
  }),
  { deadlineMillis: 500, ...(LOG === 'stdout' && { logLines: LOG }) },
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
  'forgotten handle': () => setTimeout(() => {}, 50),
};
endings[ENDING ?? '']?.();
process.stdout.write('ready\n');
