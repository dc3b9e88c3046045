import type { ExportPolicyConfig, FileConfig, LogConfig, OtlpConfig } from './export-config.ts';
import type { RuleMode, RulePhases } from './planning-config.ts';
import type { PreviewConfig } from './preview-config.ts';
import type { PrivacyConfig } from './privacy-config.ts';
import type { DetailConfig, SpanLimits } from './span-limits.ts';

/** A named starting point for a configuration. */
export type PresetName = 'maximal' | 'maximal-no-data' | 'production-lean' | 'off';

/** A place that finished spans go to. */
export type ExporterName = 'otlp' | 'file' | 'log' | 'console';

/** The complete configuration that a run works with. */
export interface TracingConfig {
  /** Off means off: with false nothing is wrapped and no span is made. */
  readonly enabled: boolean;
  /**
   * The preset that the configuration starts from. The default is the one that is safe in a service: no row of data, no
   * plan text, few spans.
   */
  readonly preset: PresetName;
  /**
   * Whether operator spans carry the metrics of their operator. Without them DuckDB is not asked for its profile, so its
   * own operators and planner have no spans either.
   */
  readonly recordMetrics: boolean;
  /**
   * Where operators stand of which the engine tells only how long they computed: reported gives each the whole
   * execution, proportional draws it as wide as its share of the compute time, which is a picture of cost and marked
   * so.
   */
  readonly operatorLayout: 'reported' | 'proportional';
  /** How much of planning is traced: nothing, one span a phase, or also one span a rule. */
  readonly ruleMode: RuleMode;
  /** The mode of each planning phase; `ruleMode` where a phase has none of its own. */
  readonly rulePhases: RulePhases;
  /**
   * Whether plan diffs are recorded: on takes those that planning shows by itself, per-rule also asks the engine for
   * one per rule where that costs further planning. true is on, false is off.
   */
  readonly planDiff: 'off' | 'on' | 'per-rule';
  /** Row previews. */
  readonly preview: PreviewConfig;
  /** What is taken out of texts before they reach a span. */
  readonly privacy: PrivacyConfig;
  /** Which queries are traced in full. */
  readonly detail: DetailConfig;
  /** Whether reads and writes of object stores get spans. */
  readonly instrumentObjectStore: boolean;
  /** Most spans of one run; further ones are counted on the root span instead. The default fits the default queue. */
  readonly spanBudget: number;
  /** Most bytes of one text attribute, in UTF-8; what is over is cut visibly. */
  readonly maxAttributeBytes: number;
  /** How much one span may carry. */
  readonly spanLimits: SpanLimits;
  /** Static fields that stand on the root span and on every operator span. */
  readonly customSpanFields: Readonly<Record<string, string | number | boolean>>;
  /** Filter directives, comma-separated: a level, or target=level, as in info,FilterExec=debug,object_store=off. */
  readonly filter: string;
  /** Where finished spans go; several at once are fine, an empty list sends them nowhere. */
  readonly exporters: readonly ExporterName[];
  /** Where spans go over the OpenTelemetry protocol. */
  readonly otlp: OtlpConfig;
  /** The file of OTLP JSON lines. */
  readonly file: FileConfig;
  /** The log lines. */
  readonly log: LogConfig;
  /** The service.name of the resource. */
  readonly serviceName: string;
  /** Further attributes of the resource. The name of the service has its own field, serviceName. */
  readonly resourceAttributes: Readonly<Record<string, string>>;
  /** Which spans are exported, and how they are queued and sent. */
  readonly exportPolicy: ExportPolicyConfig;
}
