import { present } from '@planscope/internal/present';
import {
  ATTR_DETAIL,
  ATTR_ENVELOPE_HASH,
  ATTR_PLAN_FINGERPRINT,
  ATTR_RUN_ID,
  ATTR_SPANS_DROPPED,
  ATTR_TENANT,
  ATTR_TIMING_BASIS,
  ATTR_TRACE_CUSTOM_FIELDS_JSON,
  ATTR_TRACE_PROFILE,
  ATTR_TRACE_RULE_MODE,
  ATTR_TRACE_RULEPACK,
  ATTR_TRACE_SPEC_HASH,
  ATTR_TRACING_PLAN_DIFF,
  ATTR_TRACING_PRESET,
  ATTR_TRACING_PREVIEW_LIMIT,
  queryLabelKey,
  type TimingBasis,
} from '@planscope/semconv';
import { finishRun, type RunParts } from '../finish-run.ts';
import type { AttributeValues, Caller, Gap, GapCode, Run, Span } from '../run.ts';
import { collectParts } from './collect-parts.ts';
import { type SdkSpan, spansFromSdk } from './sdk-spans.ts';
import { durationOf, errorOf, numberOf, statusOf, textOf } from './span-attributes.ts';
import { spanTree, type TreeNode, walkTree } from './span-tree.ts';
import { planscopeKind, type RunSpans, splitRuns } from './split-runs.ts';
import { plainAttributes, type TraceAttributes, type TraceSpan } from './trace-span.ts';

/**
 * The runs in finished spans of an OpenTelemetry SDK, such as those of the recorder of `@planscope/testing`; by start
 * within a trace, and traces in the order of their first spans.
 */
export function runsFromSpans(spans: Iterable<SdkSpan>): Run[] {
  return runsFromTraceSpans(spansFromSdk(spans));
}

/**
 * Finished spans of one trace as a run of the kind `trace`: all spans, also those of other libraries and those whose
 * parents are missing. Its numbers are those of all its queries and runs together. Undefined without spans.
 */
export function traceFromSpans(spans: Iterable<SdkSpan>): Run | undefined {
  const { roots, duplicates } = spanTree(spansFromSdk(spans));
  return roots.length === 0 ? undefined : runOf({ kind: 'trace', tops: roots }, duplicateGaps(duplicates), true);
}

/** The runs in spans of any number of traces. */
export function runsFromTraceSpans(spans: Iterable<TraceSpan>): Run[] {
  const traces = new Map<string, TraceSpan[]>();
  for (const span of spans) {
    const known = traces.get(span.traceId);
    if (known === undefined) traces.set(span.traceId, [span]);
    else known.push(span);
  }
  return [...traces.values()].flatMap((trace) => runsOfTrace(trace));
}

/** How the runs of a trace are read. */
export interface TraceOptions {
  /** What is already known to be missing. */
  readonly gaps?: readonly Gap[];
  /** Default: true. */
  readonly withSpans?: boolean;
}

/** The runs of one trace. */
export function runsOfTrace(spans: readonly TraceSpan[], { gaps = [], withSpans = true }: TraceOptions = {}): Run[] {
  const { roots, duplicates } = spanTree(spans);
  const known = [...gaps, ...duplicateGaps(duplicates)];
  return splitRuns(roots).map((run) => runOf(run, known, withSpans));
}

function duplicateGaps(count: number): Gap[] {
  return count === 0 ? [] : [{ code: 'duplicate-span', count }];
}

function runOf({ kind, tops }: RunSpans, known: readonly Gap[], withSpans: boolean): Run {
  const top = tops[0] as TreeNode;
  const root = kind === 'parts' || kind === 'trace' ? undefined : top.span;
  const nodes = [...walkTree(tops)];
  const [start, end] = windowOf(root === undefined ? tops : [top]);
  const { attributes, resource } = top.span;
  const gaps = new Gaps(known);
  if (root === undefined && tops.some(({ repairs }) => repairs.includes('parent-missing'))) gaps.add('root-missing');
  for (const [{ repairs }] of nodes) for (const code of repairs) gaps.add(code);
  gaps.add('span-budget', numberOf(attributes, ATTR_SPANS_DROPPED) ?? 0);
  const collected = collectParts(nodes, start);
  if (nodes.some(([{ span }]) => span.attributes.get(ATTR_DETAIL) === 'summary')) gaps.add('summary-only');
  const error = root === undefined ? undefined : errorOf(root);
  const service = textOf(resource, SERVICE_NAME);
  const parts: RunParts = {
    id: `${top.span.traceId}-${top.span.spanId}`,
    source: 'spans',
    kind,
    name: root?.name ?? top.parent?.span.name ?? top.span.name,
    identity: identityOf(top, nodes),
    start: start.toString(),
    duration: Number(end - start),
    ...present({
      basis: root === undefined ? undefined : (textOf(attributes, ATTR_TIMING_BASIS) as TimingBasis | undefined),
      status: root === undefined ? undefined : (statusOf(root) ?? 'ok'),
      error,
      service,
    }),
    gaps: gaps.list(),
    resource: plainAttributes(resource),
    ...present({ tenant: textOf(attributes, ATTR_TENANT), labels: labelsOf(attributes) }),
    fields: customFields(attributes),
    tracing: present({
      preset: textOf(attributes, ATTR_TRACING_PRESET),
      ruleMode: textOf(attributes, ATTR_TRACE_RULE_MODE),
      planDiff: textOf(attributes, ATTR_TRACING_PLAN_DIFF),
      previewLimit: numberOf(attributes, ATTR_TRACING_PREVIEW_LIMIT),
    }),
    callers: callersOf(top),
    ...collected,
    spans: withSpans ? nodes.map(([node, depth]) => plainSpan(node, depth, start)) : [],
  };
  return finishRun(parts);
}

/** Of the OpenTelemetry conventions for resources, of which Planscope sets none itself. */
const SERVICE_NAME = 'service.name';

/** From the first start to the last end. */
function windowOf(nodes: readonly TreeNode[]): [start: bigint, end: bigint] {
  let [start, end] = [nodes[0]?.span.start ?? 0n, nodes[0]?.span.start ?? 0n];
  for (const { span } of nodes) {
    if (span.start < start) start = span.start;
    if (span.end > end) end = span.end;
  }
  return [start, end];
}

/** Counts gaps by code. */
class Gaps {
  readonly #counts = new Map<GapCode, number>();

  constructor(known: readonly Gap[]) {
    for (const { code, count } of known) this.add(code, count);
  }

  add(code: GapCode, count = 1): void {
    if (count > 0) this.#counts.set(code, (this.#counts.get(code) ?? 0) + count);
  }

  list(): Gap[] {
    return Array.from(this.#counts, ([code, count]) => ({ code, count }));
  }
}

/** Operators have the identity of their run, too, so it is known without the span of the run. */
function identityOf(top: TreeNode, nodes: readonly (readonly [TreeNode, number])[]): Run['identity'] {
  const { traceId, spanId } = top.span;
  const withIdentity = nodes.find(([{ span }]) => span.attributes.has(ATTR_RUN_ID))?.[0].span.attributes ?? new Map();
  const own = top.span.attributes;
  const text = (key: string): string | undefined => textOf(own, key) ?? textOf(withIdentity, key);
  return {
    traceId,
    spanId,
    ...present({
      runId: text(ATTR_RUN_ID),
      specHash: text(ATTR_TRACE_SPEC_HASH),
      envelopeHash: text(ATTR_ENVELOPE_HASH),
      rulepackFingerprint: text(ATTR_TRACE_RULEPACK),
      profile: text(ATTR_TRACE_PROFILE),
      planFingerprint: text(ATTR_PLAN_FINGERPRINT),
    }),
  };
}

const LABEL = queryLabelKey('');

function labelsOf(attributes: TraceAttributes): Record<string, string> | undefined {
  const labels = [...attributes].flatMap(([key, value]) =>
    key.startsWith(LABEL) && typeof value === 'string' ? [[key.slice(LABEL.length), value] as const] : [],
  );
  return labels.length === 0 ? undefined : Object.fromEntries(labels);
}

/** The program's fields have their own keys, which one attribute lists. */
function customFields(attributes: TraceAttributes): AttributeValues {
  const json = textOf(attributes, ATTR_TRACE_CUSTOM_FIELDS_JSON);
  const keys = json === undefined ? [] : keysOf(json);
  return plainAttributes(keys.flatMap((key) => (attributes.has(key) ? [[key, attributes.get(key)] as const] : [])));
}

function keysOf(json: string): string[] {
  try {
    const fields: unknown = JSON.parse(json);
    return typeof fields === 'object' && fields !== null ? Object.keys(fields) : [];
  } catch {
    // It was truncated.
    return [];
  }
}

function callersOf({ parent }: TreeNode): Caller[] {
  const callers: Caller[] = [];
  for (let node = parent; node !== undefined; node = node.parent) {
    const { spanId, name } = node.span;
    callers.push({ spanId, name, ...present({ planscopeKind: planscopeKind(node.span) }) });
  }
  return callers.reverse();
}

function plainSpan({ span, parent }: TreeNode, depth: number, start: bigint): Span {
  const { statusMessage, scope } = span;
  return {
    id: span.spanId,
    ...(depth === 0 || parent === undefined ? {} : { parentId: parent.span.spanId }),
    depth,
    name: span.name,
    kind: span.kind,
    ...present({ planscopeKind: planscopeKind(span) }),
    start: Number(span.start - start),
    duration: durationOf(span),
    status: span.status,
    ...(statusMessage === '' ? {} : { statusMessage }),
    attributes: plainAttributes(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      time: Number(time - start),
      attributes: plainAttributes(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: plainAttributes(attributes),
    })),
    scope: { name: scope.name, ...(scope.version === '' ? {} : { version: scope.version }) },
  };
}
