import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import { BootstrapError, startTracing } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';

export async function main(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'planscope-program-'));
  try {
    const path = join(folder, 'traces.jsonl');
    const { config } = resolveTracingConfig({ environment: {}, explicit: { exporters: ['file'], file: { path } } });
    const tracing = startTracing(config, { warn: (message) => assert.fail(message) });
    assert.ok(tracing.registered);
    trace.getTracer('shop').startActiveSpan('checkout', (span) => {
      assert.equal(trace.getActiveSpan(), span);
      span.end();
    });
    await tracing.shutdown();
    assert.match(await readFile(path, 'utf8'), /"name":"checkout"/);
    assert.deepEqual(
      tracing.stats().map(({ made, exported }) => ({ made, exported })),
      [{ made: 1, exported: 1 }],
    );
    assert.throws(
      () => startTracing({ ...config, exporters: ['smoke'] as unknown as typeof config.exporters }),
      (error) => BootstrapError.isInstance(error),
    );
    return 'a span made and found in the file';
  } finally {
    await rm(folder, { recursive: true });
  }
}
