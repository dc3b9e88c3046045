// For users and for other Planscope packages: every name, and the tools that hold spans to them. A file of names is public
// as a whole, so that a new name needs no line here.

export * from './attributes/conventions.ts';
export * from './attributes/datafusion.ts';
export * from './attributes/object-store.ts';
export * from './attributes/planscope.ts';
export * from './attributes/stages.ts';
export * from './attributes/trace.ts';
export { deferSpans, drawDeferredSpans, settleDeferredSpans } from './deferred-spans.ts';
export {
  type AttributeBase,
  type AttributeDefinition,
  type AttributeType,
  isText,
  type MetricDefinition,
  type MetricType,
  type OperatorMetricDefinition,
  type SemanticSchema,
  type Setter,
  type SpanDefinition,
  type SpanKindName,
  type TextAttributeDefinition,
  type ValueAttributeDefinition,
  type WarningDefinition,
} from './definition.ts';
export * from './metrics.ts';
export * from './node-fields.ts';
export * from './operator-metrics.ts';
export { addRunningQueries, allRunningQueries, type RunningQuery } from './running-queries.ts';
export { sharedSchema } from './schema.ts';
export * from './spans.ts';
export { type TextAttributeLookup, textAttributes } from './text-attributes.ts';
export { TEXT_KINDS, type TextKind, type TextKindDefinition, UNREGISTERED_TEXT } from './text-kind.ts';
export { findAttribute, type NamedSpan, schemaViolations } from './violations.ts';
