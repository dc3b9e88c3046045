import type { ConfigPart } from './config-part.ts';
import type { ExportPolicyConfig, FileConfig, LogConfig, OtlpConfig, SlowQueryConfig } from './export-config.ts';
import type { RulePhases } from './planning-config.ts';
import type { PreviewConfig, PreviewRedaction } from './preview-config.ts';
import type { PrivacyConfig } from './privacy-config.ts';
import type { DetailConfig, SpanLimits } from './span-limits.ts';
import type { TracingConfig } from './tracing-config.ts';

/** Any part of a configuration; unknown fields are refused. */
export interface TracingConfigInput
  extends ConfigPart<
    Omit<
      TracingConfig,
      | 'rulePhases'
      | 'planDiff'
      | 'preview'
      | 'privacy'
      | 'detail'
      | 'spanLimits'
      | 'otlp'
      | 'file'
      | 'log'
      | 'exportPolicy'
    >
  > {
  /** The mode of each planning phase; `ruleMode` where a phase has none of its own. */
  readonly rulePhases?: Readonly<Partial<RulePhases>> | undefined;
  /**
   * Whether plan diffs are recorded: on takes those that planning shows by itself, per-rule also asks the engine for
   * one per rule where that costs further planning. true is on, false is off.
   */
  readonly planDiff?: TracingConfig['planDiff'] | boolean | undefined;
  /** Row previews. */
  readonly preview?: PreviewConfigInput | undefined;
  /** What is taken out of texts before they reach a span. */
  readonly privacy?: ConfigPart<PrivacyConfig> | undefined;
  /** Which queries are traced in full. */
  readonly detail?: ConfigPart<DetailConfig> | undefined;
  /** How much one span may carry. */
  readonly spanLimits?: ConfigPart<SpanLimits> | undefined;
  /** Where spans go over the OpenTelemetry protocol. */
  readonly otlp?: ConfigPart<OtlpConfig> | undefined;
  /** The file of OTLP JSON lines. */
  readonly file?: ConfigPart<FileConfig> | undefined;
  /** The log lines. */
  readonly log?: ConfigPart<LogConfig> | undefined;
  /** Which spans are exported, and how they are queued and sent. */
  readonly exportPolicy?: ExportPolicyConfigInput | undefined;
}

/** Any part of what there is to say about row previews. */
export interface PreviewConfigInput extends ConfigPart<Omit<PreviewConfig, 'redaction'>> {
  /** Which columns are hidden. */
  readonly redaction?: ConfigPart<PreviewRedaction> | undefined;
}

/** Any part of an export policy. */
export interface ExportPolicyConfigInput extends ConfigPart<Omit<ExportPolicyConfig, 'slowQuery'>> {
  /** Exports slow, failed or warned queries only. */
  readonly slowQuery?: ConfigPart<SlowQueryConfig> | undefined;
}
