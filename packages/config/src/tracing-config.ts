import type { z } from 'zod';
import type {
  detailFields,
  exportPolicyFields,
  fileFields,
  logFields,
  otlpFields,
  previewFields,
  previewRedactionFields,
  privacyFields,
  queryLogFields,
  rulePhasesFields,
  slowQueryFields,
  spanLimitsFields,
  tracingConfigFields,
} from './schema/tracing-config-schema.ts';

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

type Complete<Fields extends z.core.$ZodShape> = DeepReadonly<z.output<z.ZodObject<Fields>>>;

type Input<Fields extends z.core.$ZodShape> = DeepReadonly<z.input<z.ZodObject<Fields>>>;

/** Any of the fields; one that has a default may be `undefined`, too. */
export type ConfigPart<Fields> = {
  readonly [Name in keyof Fields]?: Partial<Pick<Fields, Name>> extends Pick<Fields, Name>
    ? Fields[Name]
    : Fields[Name] | undefined;
};

type Group =
  | 'rulePhases'
  | 'preview'
  | 'privacy'
  | 'detail'
  | 'spanLimits'
  | 'otlp'
  | 'file'
  | 'log'
  | 'queryLog'
  | 'exportPolicy';

/** The complete configuration that a run works with. */
export interface TracingConfig extends Omit<Complete<typeof tracingConfigFields>, Group> {
  /** The mode of each planning phase; `ruleMode` where a phase has none of its own. */
  readonly rulePhases: RulePhases;
  /** Row previews. */
  readonly preview: PreviewConfig;
  /** What is taken out of texts before they reach a span. */
  readonly privacy: PrivacyConfig;
  /** Which queries are traced in full. */
  readonly detail: DetailConfig;
  /** How much one span may carry. */
  readonly spanLimits: SpanLimits;
  /** Where spans go over the OpenTelemetry protocol. */
  readonly otlp: OtlpConfig;
  /** The file of OTLP JSON lines. */
  readonly file: FileConfig;
  /** The log lines. */
  readonly log: LogConfig;
  /** The log of queries. */
  readonly queryLog: QueryLogConfig;
  /** Which spans are exported, and how they are queued and sent. */
  readonly exportPolicy: ExportPolicyConfig;
}

/** Any part of a configuration; unknown fields are refused. */
export interface TracingConfigInput extends Omit<Input<typeof tracingConfigFields>, Group> {
  /** The mode of each planning phase; `ruleMode` where a phase has none of its own. */
  readonly rulePhases?: Input<typeof rulePhasesFields> | undefined;
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
  /** The log of queries. */
  readonly queryLog?: ConfigPart<QueryLogConfig> | undefined;
  /** Which spans are exported, and how they are queued and sent. */
  readonly exportPolicy?: ExportPolicyConfigInput | undefined;
}

/** A named starting point for a configuration. */
export type PresetName = TracingConfig['preset'];

/** A place that finished spans go to. */
export type ExporterName = TracingConfig['exporters'][number];

/** How much of planning is traced. */
export type RuleMode = TracingConfig['ruleMode'];

/** The mode of each planning phase. */
export interface RulePhases extends Required<Complete<typeof rulePhasesFields>> {}

/** Row previews: how many rows, how they are laid out, what is hidden. */
export interface PreviewConfig extends Omit<Complete<typeof previewFields>, 'redaction'> {
  /** Which columns are hidden. */
  readonly redaction: PreviewRedaction;
}

/** Any part of the settings of row previews. */
export interface PreviewConfigInput extends Omit<Input<typeof previewFields>, 'redaction'> {
  /** Which columns are hidden. */
  readonly redaction?: ConfigPart<PreviewRedaction> | undefined;
}

/** Which columns of a preview are hidden. */
export interface PreviewRedaction extends Complete<typeof previewRedactionFields> {}

/** One switch for each kind of user data that could reach a span; credentials in URLs are always taken out. */
export interface PrivacyConfig extends Complete<typeof privacyFields> {}

/** Which queries are traced in full. */
export interface DetailConfig extends Complete<typeof detailFields> {}

/** How much one span may carry. */
export interface SpanLimits extends Complete<typeof spanLimitsFields> {}

/** Which spans are exported, and how they are queued and sent. */
export interface ExportPolicyConfig extends Omit<Complete<typeof exportPolicyFields>, 'slowQuery'> {
  /** Exports slow, failed or warned queries only. */
  readonly slowQuery: SlowQueryConfig;
}

/** Any part of an export policy. */
export interface ExportPolicyConfigInput extends Omit<Input<typeof exportPolicyFields>, 'slowQuery'> {
  /** Exports slow, failed or warned queries only. */
  readonly slowQuery?: ConfigPart<SlowQueryConfig> | undefined;
}

/** Which of the queries that a sampler keeps are exported. */
export interface SlowQueryConfig extends Complete<typeof slowQueryFields> {}

/** The OpenTelemetry names of the samplers. */
export type SamplerName = ExportPolicyConfig['sampler'];

/** Where spans go over the OpenTelemetry protocol. */
export interface OtlpConfig extends Complete<typeof otlpFields> {}

/** The file of OTLP JSON lines. */
export interface FileConfig extends Complete<typeof fileFields> {}

/** The log lines, one JSON object for each span. */
export interface LogConfig extends Complete<typeof logFields> {}

/** The log of queries, one row for each. */
export interface QueryLogConfig extends Complete<typeof queryLogFields> {}
