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

/** The packages and programs that set a name: an engine by its own name, `user` for the program that embeds Planscope. */
export type Setter =
  | 'engine'
  | 'plan'
  | 'rule-instrumentation'
  | 'exec-instrumentation'
  | 'object-store'
  | 'metrics-collector'
  | 'bootstrap'
  | 'duckdb'
  | 'user'
  | (string & Record<never, never>);

/** The OpenTelemetry type of an attribute's value; `number` is an int or a double, chosen by the metric it carries. */
export type AttributeType = 'string' | 'int' | 'double' | 'number' | 'boolean' | 'string[]';

/** One attribute, or one family of attributes where the key ends in `*`. A text says which kind of text it is. */
export type AttributeDefinition = TextAttributeDefinition | ValueAttributeDefinition;

/** An attribute whose value is a text or a list of texts. */
export interface TextAttributeDefinition extends AttributeBase {
  readonly type: Extract<AttributeType, 'string' | 'string[]'>;
  /** What the text is; recorders redact it by this and by nothing else. */
  readonly text: TextKind;
  /**
   * Of an `expression`: it compares columns with columns, as the conditions of a join do, so bare names on both sides stay;
   * default false.
   */
  readonly comparesColumns?: boolean;
  /** The only values it takes, if they are a closed list. */
  readonly values?: readonly string[];
}

/** An attribute whose value is a number or a boolean. */
export interface ValueAttributeDefinition extends AttributeBase {
  readonly type: Exclude<AttributeType, 'string' | 'string[]'>;
  /** UCUM unit, as OpenTelemetry writes them: `ns`, `By`, `{row}`; absent if the value is not a quantity. */
  readonly unit?: string;
}

/** What the definition of any attribute has. */
export interface AttributeBase {
  /** The key; a trailing `*` stands for one or more further characters. */
  readonly key: string;
  readonly meaning: string;
  readonly spans: readonly SpanKindName[];
  readonly setBy: readonly Setter[];
}

/** Tells whether the value of an attribute is a text or a list of texts. */
export function isText(definition: AttributeDefinition): definition is TextAttributeDefinition {
  return definition.type === 'string' || definition.type === 'string[]';
}

/** One span, or one family of spans whose name is filled in from the span's own attributes. */
export interface SpanDefinition {
  readonly kind: SpanKindName;
  /** Name templates; `{some.key}` stands for the value of that attribute on the same span, `*` for any name. */
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
  /** Attribute keys a measurement may carry. */
  readonly attributes: readonly string[];
  readonly setBy: readonly Setter[];
}

/** How the values of one operator metric combine over partitions. */
export type MetricType = 'count' | 'gauge' | 'time' | 'timestamp' | 'ratio';

/** A metric of an operator that Planscope gives a fixed meaning; names outside the list are allowed and kept. */
export interface OperatorMetricDefinition {
  readonly name: string;
  /** DataFusion has a metric of this name and meaning; it keeps its key. */
  readonly datafusion?: true;
  readonly type: MetricType;
  /** UCUM unit. */
  readonly unit: string;
  readonly meaning: string;
}

/** One code of a warning, with its texts as Markdown for the documents. */
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

/** What one package of names declares: the shared one here, and one for each engine. */
export interface SemanticSchema {
  /** `planscope` for the shared names, else the engine's name. */
  readonly scope: string;
  readonly spans: readonly SpanDefinition[];
  readonly attributes: readonly AttributeDefinition[];
  readonly operatorMetrics: readonly OperatorMetricDefinition[];
  readonly metrics: readonly MetricDefinition[];
  /** Codes of warnings, the values of `planscope.warnings.codes`. */
  readonly warnings?: readonly WarningDefinition[];
}
