// For users

export { ConfigError, type ConfigProblem } from './config-error.ts';
export { renderExplanation } from './explain-settings.ts';
export { parseFilter } from './filter/parse-filter.ts';
export type { FilterDirective, FilterLevel, SpanFilter, SpanLevel } from './filter/span-filter.ts';
export { CONFIG_FILE_NAME, type LoadConfigFileOptions, loadConfigFile } from './load-config-file.ts';
export { presets } from './presets.ts';
export { resolveTracingConfig } from './resolve-tracing-config.ts';
export type {
  ConfigFile,
  ConfigSource,
  FieldExplanation,
  ResolvedTracing,
  TracingSources,
} from './resolved-tracing.ts';
export type {
  ConfigPart,
  DetailConfig,
  ExporterName,
  ExportPolicyConfig,
  ExportPolicyConfigInput,
  FileConfig,
  LogConfig,
  OtlpConfig,
  PresetName,
  PreviewConfig,
  PreviewConfigInput,
  PreviewRedaction,
  PrivacyConfig,
  QueryLogConfig,
  RuleMode,
  RulePhases,
  SamplerName,
  SlowQueryConfig,
  SpanLimits,
  TracingConfig,
  TracingConfigInput,
} from './tracing-config.ts';

// For other Planscope packages

export { CUSTOM_FIELD_NAME } from './schema/tracing-config-schema.ts';
