import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  ConfigError,
  type PresetName,
  parseFilter,
  presets,
  renderExplanation,
  resolveTracingConfig,
  type TracingConfig,
} from '@planscope/config';

export async function main(): Promise<string> {
  const names = Object.keys(presets) as PresetName[];
  for (const preset of names) {
    const { config }: { config: TracingConfig } = resolveTracingConfig({ preset, environment: {} });
    assert.equal(config.preset, preset);
    assert.equal(config.enabled, preset !== 'off');
  }
  const environment = { PLANSCOPE_PREVIEW_LIMIT: '7' };
  const tracing = resolveTracingConfig({ environment, explicit: { preset: 'maximal', serviceName: 'shop' } });
  assert.equal(tracing.config.preview.limit, 7);
  assert.equal(tracing.config.serviceName, 'shop');
  assert.match(renderExplanation(tracing.explain()), /PLANSCOPE_PREVIEW_LIMIT/);
  assert.throws(
    () => resolveTracingConfig({ environment: {}, preset: 'maximum' }),
    (error) => ConfigError.isInstance(error) && error.message.includes('maximal'),
  );
  assert.equal(typeof parseFilter('info,object_store=off'), 'object');
  const schemaFile = createRequire(join(process.cwd(), 'program.js')).resolve('@planscope/config/schema.json');
  assert.equal(typeof JSON.parse(readFileSync(schemaFile, 'utf8')), 'object');
  return `${names.length} presets resolved`;
}
