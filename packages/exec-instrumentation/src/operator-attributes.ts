import type { Attributes } from '@opentelemetry/api';
import { sourceAttributes } from '@planscope/internal/metric-source';
import {
  type DescribedNode,
  describeNode,
  fieldRenderer,
  type Metric,
  type MetricReport,
  MetricsSet,
  type ReportedTiming,
  type RunIdentity,
  reportedDuration,
} from '@planscope/plan';
import {
  type AttributeTexts,
  createAttributeTexts,
  createPlaceholders,
  createTextsByKind,
  type RedactTextOptions,
  type TextsByKindOptions,
  truncateText,
} from '@planscope/redaction';
import {
  ATTR_METRICS_ROUNDED,
  ATTR_OPERATOR_NAME,
  ATTR_RUN_ID,
  ATTR_SPAN_KIND,
  ATTR_TIMING_BASIS,
  ATTR_TIMING_REPORTED_DURATION,
  ATTR_TRACE_CUSTOM_FIELDS_JSON,
  ATTR_TRACE_PROFILE,
  ATTR_TRACE_RULE_MODE,
  ATTR_TRACE_RULEPACK,
  ATTR_TRACE_SPEC_HASH,
  operatorMetricKey,
  type SemanticSchema,
  sharedSchema,
  type TimingBasis,
  textAttributes,
} from '@planscope/semconv';
import type { OperatorSpanOptions } from './instrumentation-options.ts';

/** The largest double that an exporter can write as a 64-bit integer. */
const LARGEST = 2 ** 63 - 1024;

/**
 * Converts aggregated metrics to numeric attributes, one per metric. Any metric name is accepted.
 *
 * A whole number beyond 2^53 is rounded to the nearest double, at most 2^63 - 1024, and its name is added to
 * `planscope.rounded_metrics`. A value that is not finite, for example the ratio 0/0, is omitted.
 */
export function metricAttributes(metrics: Iterable<Metric>): Attributes {
  const attributes: Attributes = {};
  const rounded: string[] = [];
  for (const { name, value } of metrics) {
    const number = Math.max(-LARGEST, Math.min(LARGEST, Number(value)));
    if (!Number.isFinite(Number(value))) continue;
    if (typeof value === 'bigint' && BigInt(number) !== value) rounded.push(name);
    attributes[operatorMetricKey(name)] = number;
  }
  if (rounded.length > 0) attributes[ATTR_METRICS_ROUNDED] = rounded;
  return attributes;
}

/**
 * The attributes of an operator span at its start, which samplers can see: the operator and the identity of the run.
 */
export function identityAttributes(
  operator: string,
  basis: TimingBasis,
  run: RunIdentity,
  customFields: OperatorSpanOptions['customFields'],
): Attributes {
  const fields = { ...customFields, ...run.customFields };
  const names = Object.keys(fields).sort();
  return {
    ...fields,
    ...(names.length === 0 ? {} : { [ATTR_TRACE_CUSTOM_FIELDS_JSON]: JSON.stringify(fields, names) }),
    [ATTR_SPAN_KIND]: 'operator',
    [ATTR_TIMING_BASIS]: basis,
    [ATTR_OPERATOR_NAME]: operator,
    [ATTR_RUN_ID]: run.runId,
    ...(run.specHash === undefined ? {} : { [ATTR_TRACE_SPEC_HASH]: run.specHash }),
    ...(run.rulepackFingerprint === undefined ? {} : { [ATTR_TRACE_RULEPACK]: run.rulepackFingerprint }),
    ...(run.profile === undefined ? {} : { [ATTR_TRACE_PROFILE]: run.profile }),
    ...(run.ruleMode === undefined ? {} : { [ATTR_TRACE_RULE_MODE]: run.ruleMode }),
  };
}

/** Redacts the texts of operators by their kind, and truncates them. */
export interface OperatorTexts extends AttributeTexts {
  /** The one-line description of a node, whose fields have their own kinds of text. */
  line(node: DescribedNode, options?: RedactTextOptions): string;
}

/** @param schemas schemas of engines, in addition to the shared schema */
export function operatorTexts(options: TextsByKindOptions, schemas: readonly SemanticSchema[]): OperatorTexts {
  const texts = createTextsByKind(options);
  const line: OperatorTexts['line'] = (node, more = { placeholders: createPlaceholders() }) => {
    const { maxBytes = 0 } = options;
    const shown = describeNode(node, fieldRenderer(texts, more));
    const isCut = truncateText(shown, maxBytes) !== shown;
    return isCut ? truncateText(shown, maxBytes, describeNode(node)) : shown;
  };
  return { ...createAttributeTexts(textAttributes([sharedSchema, ...schemas]), options), line };
}

/** The reported duration, for a span that is drawn with a different one. */
export function reportedDurationAttribute(timing: ReportedTiming): Attributes {
  const reported = reportedDuration(timing);
  return reported === undefined ? {} : { [ATTR_TIMING_REPORTED_DURATION]: Number(reported) };
}

/** Reported metrics, with values converted from digits to numbers. */
export function reportedMetricAttributes(reports: readonly MetricReport[]): Attributes {
  const metrics = reports.map(({ name, type, unit, value }): Metric => {
    return { name, type, unit, value: typeof value === 'string' ? BigInt(value) : value };
  });
  return { ...metricAttributes(new MetricsSet(metrics).aggregateByName()), ...sourceAttributes(reports) };
}
