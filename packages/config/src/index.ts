// For users

export { ConfigError, type ConfigProblem } from './config-error.ts';
export { parseFilter } from './filter/parse-filter.ts';
export type { FilterDirective, FilterLevel, SpanFilter, SpanLevel } from './filter/span-filter.ts';
export { CONFIG_FILE_NAME, type LoadConfigFileOptions, loadConfigFile } from './load-config-file.ts';
export { presets } from './presets.ts';
export { renderExplanation } from './render-explanation.ts';
export { resolveTracingConfig } from './resolve-tracing-config.ts';
export type {
  ConfigFile,
  ConfigSource,
  FieldExplanation,
  ResolvedTracing,
  TracingSources,
} from './resolved-tracing.ts';
export type { ConfigPart } from './tracing-config/config-part.ts';
export type {
  ExportPolicyConfig,
  FileConfig,
  LogConfig,
  OtlpConfig,
  SamplerName,
  SlowQueryConfig,
} from './tracing-config/export-config.ts';
export type { RuleMode, RulePhases } from './tracing-config/planning-config.ts';
export type { PreviewConfig, PreviewRedaction } from './tracing-config/preview-config.ts';
export type { PrivacyConfig } from './tracing-config/privacy-config.ts';
export type { DetailConfig, SpanLimits } from './tracing-config/span-limits.ts';
export type { ExporterName, PresetName, TracingConfig } from './tracing-config/tracing-config.ts';
export type {
  ExportPolicyConfigInput,
  PreviewConfigInput,
  TracingConfigInput,
} from './tracing-config/tracing-config-input.ts';

// For other Planscope packages

export { CUSTOM_FIELD_NAME } from './schema/custom-field-name.ts';
