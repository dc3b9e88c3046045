import { SpanStatusCode } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_OBJECT_STORE_RESULT_BYTES,
  ATTR_SPAN_KIND,
  METRIC_BYTES_READ,
  METRIC_CUMULATIVE_COMPUTE,
  METRIC_ELAPSED_COMPUTE,
  operatorMetricKey,
  type SemanticSchema,
  schemaViolations,
  sharedSchema,
} from '@planscope/semconv';
import type { RecordedSpan } from './recorded-span.ts';
import { type SpanNode, spanForest } from './span-forest.ts';

/** Additional checks of a trace. */
export interface InvariantOptions {
  /** Texts that must not appear in the trace. */
  readonly secrets?: readonly string[];
  /** Schemas that register names; default the shared one. */
  readonly schemas?: readonly SemanticSchema[];
}

/**
 * The SDK takes the start of a live span from a clock of whole milliseconds and its duration from a finer one, so a
 * child can seem to exceed its parent by this much.
 */
const CLOCK_TOLERANCE_NANOSECONDS = 2_000_000n;

/** Largest relative difference between sums of an engine's own timings. */
const COMPUTE_TOLERANCE = 0.02;

/**
 * Asserts what is true of every Planscope trace: all spans belong to one trace and lie within their parents'
 * times, names and attributes registered, an error type exactly where there is an error, sums that add up, no secrets.
 *
 * @throws Error with every violation, one per line
 */
export function assertTraceInvariants(spans: readonly RecordedSpan[], options: InvariantOptions = {}): void {
  const violations = traceViolations(spans, options);
  if (violations.length > 0) throw new Error(`the trace breaks its invariants:\n${violations.join('\n')}`);
}

/** Every violation of the invariants of a trace, one sentence each. */
export function traceViolations(spans: readonly RecordedSpan[], options: InvariantOptions): string[] {
  const schemas = options.schemas ?? [sharedSchema];
  return [
    ...spans.flatMap((span) => schemaViolations(span, schemas)),
    ...spans.flatMap(statusViolations),
    ...spanForest(spans).flatMap(treeViolations),
    ...spans.flatMap((span) => secretViolations(span, options.secrets ?? [])),
  ];
}

function statusViolations(span: RecordedSpan): string[] {
  const failed = span.status.code === SpanStatusCode.ERROR;
  const typed = span.attributes[ATTR_ERROR_TYPE] !== undefined;
  if (failed === typed) return [];
  return [
    `span "${span.name}": status is ${failed ? 'ERROR' : 'not ERROR'}, ${ATTR_ERROR_TYPE} is ${typed ? 'set' : 'not set'}`,
  ];
}

function treeViolations(node: SpanNode): string[] {
  return [
    ...node.children.flatMap((child) => nestingViolations(node.span, child.span)),
    ...byteViolations(node),
    ...computeViolations(node),
    ...node.children.flatMap(treeViolations),
  ];
}

function nestingViolations(parent: RecordedSpan, child: RecordedSpan): string[] {
  const where = `span "${child.name}" under "${parent.name}"`;
  const violations: string[] = [];
  if (nanoseconds(child.endTime) < nanoseconds(child.startTime)) violations.push(`${where} ends before it starts`);
  const early = nanoseconds(parent.startTime) - nanoseconds(child.startTime);
  const late = nanoseconds(child.endTime) - nanoseconds(parent.endTime);
  if (early > CLOCK_TOLERANCE_NANOSECONDS) violations.push(`${where} starts ${early} ns before its parent`);
  if (late > CLOCK_TOLERANCE_NANOSECONDS) violations.push(`${where} ends ${late} ns after its parent`);
  return violations;
}

/** If an operator reports how much it read and its reads have spans, the reads must add up to it. */
function byteViolations({ span, children }: SpanNode): string[] {
  const total = span.attributes[operatorMetricKey(METRIC_BYTES_READ)];
  const reads = children
    .filter((child) => child.span.attributes[ATTR_SPAN_KIND] === 'storage')
    .map((child) => child.span.attributes[ATTR_OBJECT_STORE_RESULT_BYTES])
    .filter((bytes) => typeof bytes === 'number');
  if (typeof total !== 'number' || reads.length === 0) return [];
  const sum = reads.reduce((left, right) => left + right, 0);
  return sum === total ? [] : [`span "${span.name}": read ${total} bytes, its storage spans add up to ${sum}`];
}

function computeViolations({ span, children }: SpanNode): string[] {
  const metric = (of: RecordedSpan, name: string): number =>
    Number(of.attributes[operatorMetricKey(name)] ?? Number.NaN);
  const cumulative = metric(span, METRIC_CUMULATIVE_COMPUTE);
  const below = children
    .map((child) => metric(child.span, METRIC_CUMULATIVE_COMPUTE))
    .filter((value) => !Number.isNaN(value));
  const own = metric(span, METRIC_ELAPSED_COMPUTE);
  if (Number.isNaN(cumulative) || Number.isNaN(own)) return [];
  const sum = below.reduce((left, right) => left + right, own);
  if (sum <= cumulative * (1 + COMPUTE_TOLERANCE)) return [];
  return [`span "${span.name}": cumulative compute ${cumulative} ns is less than its parts, ${sum} ns`];
}

function secretViolations(span: RecordedSpan, secrets: readonly string[]): string[] {
  const texts = [
    span.name,
    span.status.message ?? '',
    JSON.stringify(span.attributes),
    ...span.events.map((event) => event.name + JSON.stringify(event.attributes ?? {})),
    ...span.links.map((link) => JSON.stringify(link.attributes ?? {})),
  ];
  return secrets
    .filter((secret) => texts.some((text) => text.includes(secret)))
    .map((secret) => `span "${span.name}": holds the secret ${JSON.stringify(secret)}`);
}

function nanoseconds([seconds, rest]: readonly [number, number]): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}
