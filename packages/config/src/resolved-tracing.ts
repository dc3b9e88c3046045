import type { TracingConfig, TracingConfigInput } from './tracing-config.ts';

/** Where a value came from, weakest first. */
export type ConfigSource = 'default' | 'preset' | 'file' | 'environment' | 'explicit' | 'spec';

/** The content of a configuration file; unchecked. */
export interface ConfigFile {
  readonly path: string;
  readonly content: unknown;
}

/** What a configuration is made from; a stronger source overrides a weaker one field by field. */
export interface TracingSources {
  /** Name of the preset to start from; stronger than the `preset` field of any source. */
  readonly preset?: string;
  /** The process environment; default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The content of a configuration file, from `loadConfigFile`. */
  readonly file?: ConfigFile;
  /** What the program set in code. */
  readonly explicit?: TracingConfigInput;
  /** What the run's specification set; the strongest source. */
  readonly spec?: TracingConfigInput;
}

/** One field of a resolved configuration and where its value came from. */
export interface FieldExplanation {
  /** Path of the field, for example `preview.limit` or `resourceAttributes["team"]`. */
  readonly field: string;
  /** The value in effect, masked if it is a secret; undefined for an optional field that is not set. */
  readonly value: unknown;
  readonly source: ConfigSource;
  /** The variable, file or preset that set it, if the source alone does not tell. */
  readonly origin?: string;
}

/** A complete configuration that can say where each of its values came from. */
export interface ResolvedTracing {
  readonly config: TracingConfig;
  /** `PLANSCOPE_*` variables that match no field and resemble none; they had no effect. */
  readonly unknownVariables: readonly string[];
  /** Every field in the order of the schema, with its value and source; secrets are masked. */
  explain(): readonly FieldExplanation[];
}
