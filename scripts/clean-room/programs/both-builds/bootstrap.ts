import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import * as esm from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';

const cjs = createRequire(import.meta.url)('@planscope/bootstrap') as typeof esm;

export async function main(): Promise<string> {
  assert.notEqual(esm.startTracing, cjs.startTracing);
  const folder = await mkdtemp(join(tmpdir(), 'planscope-program-'));
  try {
    const path = join(folder, 'traces.jsonl');
    const { config } = resolveTracingConfig({ environment: {}, explicit: { exporters: ['file'], file: { path } } });
    const listeners = (): number => process.listenerCount('SIGTERM');
    const before = listeners();
    const warnings: string[] = [];
    const first = esm.startTracing(config, { warn: (message) => assert.fail(message) });
    const listening = listeners();
    const second = cjs.startTracing(config, { warn: (message) => warnings.push(message) });
    assert.equal(first.existing, false);
    assert.equal(second.existing, true);
    assert.equal(second.tracerProvider, first.tracerProvider);
    assert.match(warnings.join('\n'), /started before/);
    // With a listener of each, a signal would end nothing: each would leave that to the other.
    const third = cjs.startTracing(config, { register: 'never' });
    assert.equal(third.existing, false);
    assert.equal(listeners(), listening);
    await third.shutdown();
    assert.equal(listeners(), listening);

    trace.getTracer('shop').startSpan('checkout').end();
    await second.shutdown();
    trace.getTracer('shop').startSpan('payment').end();
    await first.shutdown();
    const names = [...(await readFile(path, 'utf8')).matchAll(/"name":"(checkout|payment)"/g)].map(([, name]) => name);
    assert.deepEqual(names, ['checkout', 'payment']);
    assert.equal(listeners(), before);
    assert.throws(
      () => cjs.startTracing({ ...config, exporters: ['smoke'] as unknown as typeof config.exporters }),
      (error) => esm.BootstrapError.isInstance(error),
    );
    return 'one pipeline runs, and each span is exported once';
  } finally {
    await rm(folder, { recursive: true });
  }
}
