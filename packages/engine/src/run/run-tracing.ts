import {
  type PresetName,
  type ResolvedTracing,
  resolveTracingConfig,
  type TracingConfigInput,
} from '@planscope/config';
import type { RuntimeSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';
import type { EngineOptions } from './engine-options.ts';

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
 * @throws SpecError `invalid-spec` for a field that a single run cannot set
 */
export function runTracing(options: EngineOptions, runtime: RuntimeSpec = {}): ResolvedTracing {
  const { tracing = {}, tracingPreset } = runtime;
  const field = PIPELINE_FIELDS.find((name) => name in tracing);
  if (field !== undefined) {
    const message = 'belongs to the pipeline that exports all runs; set it where the tracing is started';
    throw new SpecError('invalid-spec', `runtime.tracing.${field}`, message);
  }
  return resolveTracingConfig({
    explicit: options.tracing ?? {},
    spec: tracingPreset === undefined ? tracing : { ...tracing, preset: tracingPreset as PresetName },
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.configFile === undefined ? {} : { file: options.configFile }),
  });
}
