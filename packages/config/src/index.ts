// For users

export { ConfigError, type ConfigProblem } from './config-error.ts';
export type { ConfigSource, FieldExplanation, ResolvedTracing, TracingSources } from './resolved-tracing.ts';
export type { PresetName, RuleMode, TracingConfig, TracingConfigInput } from './tracing-config.ts';
