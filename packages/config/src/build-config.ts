import type { Settings } from './layers/settings.ts';
import { configFields } from './schema/config-fields.ts';
import { tracingConfigSchema } from './schema/tracing-config-schema.ts';
import type { TracingConfig } from './tracing-config.ts';

/** The complete, frozen configuration that the settings come to. */
export function buildConfig(settings: Settings): TracingConfig {
  const config: Record<string, unknown> = {};
  for (const { path, keySchema } of configFields) {
    const inEffect = settings.under(path);
    if (keySchema !== undefined) {
      put(config, path.split('.'), Object.fromEntries(inEffect.map(({ key, value }) => [key, value])));
    } else if (inEffect[0] !== undefined) {
      put(config, path.split('.'), inEffect[0].value);
    }
  }
  return freeze(tracingConfigSchema.parse(config)) as unknown as TracingConfig;
}

function put(target: Record<string, unknown>, segments: readonly string[], value: unknown): void {
  const [head = '', ...tail] = segments;
  if (tail.length === 0) {
    target[head] = value;
    return;
  }
  target[head] ??= {};
  put(target[head] as Record<string, unknown>, tail, value);
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
