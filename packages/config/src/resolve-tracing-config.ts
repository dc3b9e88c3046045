import { ConfigError, type ConfigProblem } from './config-error.ts';
import { readOtelEnvironment } from './environment/read-otel-environment.ts';
import { readPlanscopeEnvironment } from './environment/read-planscope-environment.ts';
import { explainSettings } from './explain-settings.ts';
import type { Layer } from './layers/layer.ts';
import { readInput } from './layers/read-input.ts';
import { Settings } from './layers/settings.ts';
import { settle } from './layers/settle.ts';
import { presets } from './presets.ts';
import type { ResolvedTracing, TracingSources } from './resolved-tracing.ts';
import { configFields } from './schema/config-fields.ts';
import { tracingConfigSchema } from './schema/tracing-config-schema.ts';
import type { PresetName, TracingConfig } from './tracing-config.ts';

const defaults: Layer = readInput('default', tracingConfigSchema.parse({}));

const presetLayers = Object.fromEntries(
  Object.entries(presets).map(([name, preset]) => [name, readInput('preset', preset, name)]),
) as Record<PresetName, Layer>;

/**
 * Makes the complete configuration, field by field: default, preset, file, environment, code, specification, each
 * stronger than the one before. Within the environment a `PLANSCOPE_*` variable is stronger than an `OTEL_*` one.
 *
 * @throws ConfigError with every problem at once
 */
export function resolveTracingConfig(sources: TracingSources = {}): ResolvedTracing {
  const environment = sources.environment ?? process.env;
  const { layer: planscope, unknownVariables } = readPlanscopeEnvironment(environment);
  const shared = readOtelEnvironment(environment);
  const set: readonly Layer[] = [
    readInput('file', sources.file?.content, sources.file?.path),
    shared,
    planscope,
    readInput('explicit', sources.explicit),
    readInput('spec', sources.spec),
    readInput('explicit', { preset: sources.preset }, sources.preset === undefined ? undefined : 'preset'),
  ];
  const preset = new Settings([defaults, ...set]).of('preset').value as PresetName;
  const layers = [defaults, presetLayers[preset], ...set];
  const settings = new Settings(layers);

  const refusals = set.flatMap((layer) =>
    layer === shared
      ? layer.problems.filter((problem) => !isMoot(problem, settings, layers.indexOf(layer)))
      : layer.problems,
  );
  const problems = [...refusals, ...settle(settings, new Set(refusals.map(({ field }) => field)))];
  const [first, ...rest] = problems;
  if (first !== undefined) throw new ConfigError([first, ...rest]);
  return { config: buildConfig(settings), unknownVariables, explain: () => explainSettings(settings) };
}

/** An `OTEL_*` variable is shared with other programs: a bad value is no problem when a stronger source sets the field. */
function isMoot({ field }: ConfigProblem, settings: Settings, rank: number): boolean {
  const overriding = [field, field === 'exportPolicy.samplerArgument' ? 'exportPolicy.sampler' : field];
  return overriding.some((path) => (settings.at(path)?.rank ?? 0) > rank);
}

/** The complete, frozen configuration from the settings. */
function buildConfig(settings: Settings): TracingConfig {
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
