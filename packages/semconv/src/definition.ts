import type { TextKind } from './text-kind.ts';

/** The kind of a Planscope span, recorded on each as `planscope.span.kind`. */
export type SpanKindName =
  | 'run'
  | 'query'
  | 'phase'
  | 'rule'
  | 'stage'
  | 'task'
  | 'operator'
  | 'storage'
  | 'custom'
  | 'probe';

/** The packages and programs that set a name: an engine has its own name, and `user` is the embedding program. */
export type Setter =
  | 'engine'
  | 'plan'
  | 'rule-instrumentation'
  | 'exec-instrumentation'
  | 'object-store'
  | 'metrics-collector'
  | 'bootstrap'
  | 'duckdb'
  | 'trino'
  | 'user'
  | (string & Record<never, never>);

/** The OpenTelemetry type of an attribute's value; `number` is an int or a double, depending on the metric. */
export type AttributeType = 'string' | 'int' | 'double' | 'number' | 'boolean' | 'string[]';

/** One attribute, or a family of attributes if the key ends in `*`. Texts have a kind of text. */
export type AttributeDefinition = TextAttributeDefinition | ValueAttributeDefinition;

/** An attribute whose value is a text or a list of texts. */
export interface TextAttributeDefinition extends AttributeBase {
  readonly type: Extract<AttributeType, 'string' | 'string[]'>;
  /** Kind of the text, which alone determines its redaction. */
  readonly text: TextKind;
  /**
   * For an `expression`: whether it compares columns with columns, like the conditions of a join, so that names without
   * quotes are kept on both sides. Default: false.
   */
  readonly comparesColumns?: boolean;
  /** The allowed values, if they are a closed list. */
  readonly values?: readonly string[];
}

/** An attribute whose value is a number or a boolean. */
export interface ValueAttributeDefinition extends AttributeBase {
  readonly type: Exclude<AttributeType, 'string' | 'string[]'>;
  /** UCUM unit in OpenTelemetry's notation: `ns`, `By`, `{row}`; absent if the value is not a quantity. */
  readonly unit?: string;
}

/** The common fields of all attribute definitions. */
export interface AttributeBase {
  /** The key; a trailing `*` matches one or more characters. */
  readonly key: string;
  readonly meaning: string;
  readonly spans: readonly SpanKindName[];
  readonly setBy: readonly Setter[];
}

/** Whether the value of an attribute is a text or a list of texts. */
export function isText(definition: AttributeDefinition): definition is TextAttributeDefinition {
  return definition.type === 'string' || definition.type === 'string[]';
}

/** One span, or a family of spans with names that contain values of their attributes. */
export interface SpanDefinition {
  readonly kind: SpanKindName;
  /** Name templates; `{some.key}` is the value of that attribute of the span, and `*` is any name. */
  readonly names: readonly string[];
  readonly mode: 'live' | 'reported' | 'live or reported';
  readonly meaning: string;
  readonly setBy: readonly Setter[];
}

/** One OpenTelemetry metric. */
export interface MetricDefinition {
  readonly name: string;
  readonly instrument: 'counter' | 'histogram' | 'updowncounter' | 'gauge';
  /** UCUM unit. */
  readonly unit: string;
  readonly meaning: string;
  /** Keys of the attributes that a measurement may have. */
  readonly attributes: readonly string[];
  readonly setBy: readonly Setter[];
}

/** How the values of an operator metric are aggregated over partitions. */
export type MetricType = 'count' | 'gauge' | 'time' | 'timestamp' | 'ratio';

/** A metric of an operator with a fixed meaning. Other names are allowed and kept. */
export interface OperatorMetricDefinition {
  readonly name: string;
  /** True if DataFusion has a metric with this name and meaning, whose key is used. */
  readonly datafusion?: true;
  readonly type: MetricType;
  /** UCUM unit. */
  readonly unit: string;
  readonly meaning: string;
}

/** The code of a warning, with texts as Markdown for the documents. */
export interface WarningDefinition {
  /** Stable, for programs. */
  readonly code: string;
  /** The query, the run around it, or something that could not be measured or recorded. */
  readonly about: 'query' | 'run' | 'measurement';
  /** When it is raised. */
  readonly meaning: string;
  /** What to do. */
  readonly advice: string;
  readonly setBy: readonly Setter[];
}

/** A set of definitions: the shared one of this package, or that of an engine. */
export interface SemanticSchema {
  /** `planscope` for the shared definitions, else the name of the engine. */
  readonly scope: string;
  readonly spans: readonly SpanDefinition[];
  readonly attributes: readonly AttributeDefinition[];
  readonly operatorMetrics: readonly OperatorMetricDefinition[];
  readonly metrics: readonly MetricDefinition[];
  /** Codes of warnings, the values of `planscope.warnings.codes`. */
  readonly warnings?: readonly WarningDefinition[];
}
