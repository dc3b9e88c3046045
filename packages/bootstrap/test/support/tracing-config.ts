import { resolveTracingConfig, type TracingConfig, type TracingConfigInput } from '@planscope/config';

/** A configuration that nothing outside the test has a part in. */
export function tracingConfig(explicit: TracingConfigInput): TracingConfig {
  return resolveTracingConfig({ environment: {}, preset: 'maximal-no-data', explicit }).config;
}
