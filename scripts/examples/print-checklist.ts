/**
 * `print-checklist.ts <module>`: imports a program of an example with a tracer provider that records, and prints what its
 * spans lack on standard error.
 */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createSpanRecorder } from '../../packages/testing/src/index.ts';
import { spanChecklist } from './span-checklist.ts';

const [program = ''] = process.argv.slice(2);
// The program has an API of its own; all copies keep the provider in the same place.
const { trace } = createRequire(resolve(program))('@opentelemetry/api');
const recorder = createSpanRecorder();
trace.setGlobalTracerProvider(recorder.tracerProvider);
process.once('exit', () => {
  const missing = spanChecklist(recorder.spans());
  if (recorder.openSpans() > 0) missing.push(`${recorder.openSpans()} spans have not ended`);
  if (missing.length === 0) return;
  console.error(missing.join('\n'));
  process.exitCode = 1;
});
await import(pathToFileURL(resolve(program)).href);
