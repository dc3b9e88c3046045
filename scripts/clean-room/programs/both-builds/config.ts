import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as esm from '@planscope/config';

const cjs = createRequire(import.meta.url)('@planscope/config') as typeof esm;

export async function main(): Promise<string> {
  assert.notEqual(esm.resolveTracingConfig, cjs.resolveTracingConfig);
  for (const [one, other] of [
    [esm, cjs],
    [cjs, esm],
  ] as const) {
    assert.throws(
      () => one.resolveTracingConfig({ environment: {}, preset: 'maximum' }),
      (error) => other.ConfigError.isInstance(error),
    );
  }
  const sources = { environment: {}, preset: 'maximal' };
  assert.deepEqual(esm.resolveTracingConfig(sources).config, cjs.resolveTracingConfig(sources).config);
  return 'errors of one build are known to the other';
}
