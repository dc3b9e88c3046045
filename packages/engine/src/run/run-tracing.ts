import {
  type PresetName,
  type ResolvedTracing,
  resolveTracingConfig,
  type TracingConfigInput,
} from '@planscope/config';
import type { RuntimeSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { EngineOptions } from './engine-options.ts';
import { checkCeiling } from './specification-ceiling.ts';

/** Fields of the pipeline that exports spans: it runs already when a specification is read. */
const PIPELINE_FIELDS: readonly (keyof TracingConfigInput)[] = [
  'exporters',
  'exportPolicy',
  'file',
  'otlp',
  'resourceAttributes',
  'serviceName',
  'spanLimits',
];

/**
 * The tracing configuration of one run: that of the engine, with the fields that the specification sets itself.
 *
 * @throws ConfigError that names every field that is wrong
 * @throws SpecError `invalid-spec` for a field that a single run cannot set, `not-permitted` for one that shows more than the
 * program allows
 */
export function runTracing(options: EngineOptions, runtime: RuntimeSpec = {}): ResolvedTracing {
  const { tracing = {}, tracingPreset } = runtime;
  const field = PIPELINE_FIELDS.find((name) => name in tracing);
  if (field !== undefined) {
    const message = 'belongs to the pipeline that exports all runs; set it where the tracing is started';
    throw new SpecError('invalid-spec', `runtime.tracing.${field}`, message);
  }
  if (tracingPreset === undefined && Object.keys(tracing).length === 0) return engineTracing(options);
  const asked = resolve(
    options,
    tracingPreset === undefined ? tracing : { ...tracing, preset: tracingPreset as PresetName },
  );
  checkCeiling(asked, engineTracing(options), runtime, options.specificationMay ?? {});
  return asked;
}

interface EngineTracing extends Pick<EngineOptions, 'tracing' | 'configFile'> {
  readonly variables: string;
  readonly resolved: ResolvedTracing;
}

const known = new WeakMap<EngineOptions, EngineTracing>();

/** The configuration of runs whose specification sets nothing; resolved again only when a variable has changed. */
function engineTracing(options: EngineOptions): ResolvedTracing {
  const { tracing, configFile, environment = process.env } = options;
  const variables = relevantVariables(environment);
  const earlier = known.get(options);
  const isSame = earlier?.variables === variables && earlier.tracing === tracing && earlier.configFile === configFile;
  if (isSame) return earlier.resolved;
  const resolved = resolve(options, {});
  const sources = { ...(tracing && { tracing }), ...(configFile && { configFile }) };
  known.set(options, { ...sources, variables, resolved });
  return resolved;
}

function relevantVariables(environment: NonNullable<EngineOptions['environment']>): string {
  const names = Object.keys(environment).filter((name) => /^(?:OTEL|PLANSCOPE)_/.test(name));
  return JSON.stringify(names.map((name) => [name, environment[name]]));
}

function resolve(options: EngineOptions, spec: TracingConfigInput): ResolvedTracing {
  return resolveTracingConfig({
    explicit: options.tracing ?? {},
    spec,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.configFile === undefined ? {} : { file: options.configFile }),
  });
}
