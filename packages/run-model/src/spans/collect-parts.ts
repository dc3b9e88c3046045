import { present } from '@planscope/internal/present';
import {
  ATTR_CODE_FILE_PATH,
  ATTR_CODE_FUNCTION_NAME,
  ATTR_CODE_LINE_NUMBER,
  ATTR_DB_OPERATION_BATCH_SIZE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_RETURNED_ROWS,
  ATTR_DB_SYSTEM_NAME,
  ATTR_OPERATOR_ID,
  ATTR_PARTIAL,
  ATTR_WARNING_CODES,
  dbQueryParameterKey,
} from '@planscope/semconv';
import type { RunParts } from '../finish-run.ts';
import type { CallSite, Operator, Phase, Query, Stage, StorageCall, Warning } from '../run.ts';
import { operatorFromSpan } from './operator-from-span.ts';
import { phaseFromSpan, ruleFromSpan } from './planning-from-span.ts';
import { errorOf, metricsOf, numberOf, statusOf, textOf, textsOf, timingOf } from './span-attributes.ts';
import type { TreeNode } from './span-tree.ts';
import { planscopeKind } from './split-runs.ts';
import { stageFromSpan, taskFromSpan } from './stage-from-span.ts';
import { callFromSpan, sizeFromSpan } from './storage-from-span.ts';
import { plainAttributes, type TraceAttributes, type TraceSpan } from './trace-span.ts';

type Collected = Pick<RunParts, 'queries' | 'warnings' | 'phases' | 'operators' | 'stages' | 'calls' | 'sizes'>;

/** Ids of the nearest parts above a span. */
interface Place {
  readonly operatorId?: string;
  readonly queryId?: string;
  readonly stageId?: string;
  readonly phase?: Phase & { readonly rules: Phase['rules'][number][] };
}

/**
 * The parts of a run, each from its span, with the ids of what is above it.
 *
 * @param nodes spans with depth, parents first
 * @param start of the run
 */
export function collectParts(nodes: readonly (readonly [TreeNode, number])[], start: bigint): Collected {
  const places = new Map<TreeNode, Place>();
  const queries: Query[] = [];
  const warnings: Warning[] = [];
  const phases: Phase[] = [];
  const operators: Operator[] = [];
  const stages: (Stage & { readonly tasks: Stage['tasks'][number][] })[] = [];
  const calls: StorageCall[] = [];
  const sizes = new Map<string, number>();
  const links = new Map<string, readonly string[]>();

  for (const [node] of nodes) {
    const { span, parent } = node;
    const above: Place = (parent === undefined ? undefined : places.get(parent)) ?? {};
    let place = above;
    const kind = planscopeKind(span);
    if (kind === 'query') {
      queries.push(queryFromSpan(span, start));
      place = { queryId: span.spanId };
    } else if (kind === 'operator') {
      const operator = operatorFromSpan(span, start, above);
      operators.push(operator);
      links.set(
        span.spanId,
        span.links.map((link) => link.spanId),
      );
      place = operator.origin === 'engine' ? { ...above, operatorId: span.spanId } : { operatorId: span.spanId };
      if (operator.origin === 'node' && runsQuery(span)) {
        queries.push({ ...queryFromSpan(span, start), operatorId: span.spanId });
        place = { operatorId: span.spanId, queryId: span.spanId };
      }
    } else if (kind === 'phase') {
      const phase = phaseFromSpan(span, start, above.queryId);
      phases.push(phase);
      place = { ...above, phase };
    } else if (kind === 'rule') {
      const phase = above.phase ?? phaseFromSpan(span, start, above.queryId);
      if (above.phase === undefined) phases.push(phase);
      phase.rules.push(ruleFromSpan(span, start));
    } else if (kind === 'stage') {
      const stage = stageFromSpan(span, start, above.queryId);
      stages.push(stage);
      place = { ...above, stageId: stage.id };
    } else if (kind === 'task') {
      stages.findLast(({ id }) => id === above.stageId)?.tasks.push(taskFromSpan(span, start));
    } else if (kind === 'storage') {
      const size = sizeFromSpan(span);
      if (size !== undefined) sizes.set(span.spanId, size);
      calls.push(callFromSpan(span, start, above));
    }
    places.set(node, place);
    warnings.push(...warningsOf(span, kind === 'operator' ? place : { ...present({ queryId: place.queryId }) }, kind));
  }
  return {
    queries,
    warnings: withoutRepeats(warnings),
    phases,
    operators: linkInputs(operators, links),
    stages,
    calls: ownedCalls(calls, operators, nodes),
    sizes,
  };
}

/** Whether a node ran an engine. */
function runsQuery({ attributes }: TraceSpan): boolean {
  return attributes.has(ATTR_DB_QUERY_TEXT) || attributes.has(ATTR_DB_SYSTEM_NAME);
}

function queryFromSpan(span: TraceSpan, start: bigint): Query {
  const { spanId, attributes } = span;
  const system = textOf(attributes, ATTR_DB_SYSTEM_NAME);
  const parameters = [...attributes].filter(([key]) => key.startsWith(PARAMETER));
  return {
    id: spanId,
    spanId,
    ...present({
      system,
      version: system === undefined ? undefined : textOf(attributes, engineVersionKey(system)),
      text: textOf(attributes, ATTR_DB_QUERY_TEXT),
      summary: textOf(attributes, ATTR_DB_QUERY_SUMMARY),
      operation: textOf(attributes, ATTR_DB_OPERATION_NAME),
      statements: numberOf(attributes, ATTR_DB_OPERATION_BATCH_SIZE),
      callSite: callSite(attributes),
      returnedRows: numberOf(attributes, ATTR_DB_RESPONSE_RETURNED_ROWS),
      status: statusOf(span),
      error: errorOf(span),
    }),
    parameters: plainAttributes(parameters.map(([key, value]) => [key.slice(PARAMETER.length), value] as const)),
    timing: timingOf(span, start),
    partial: attributes.get(ATTR_PARTIAL) === true,
    metrics: metricsOf(attributes, planscopeKind(span) === 'operator'),
  };
}

function callSite(attributes: TraceAttributes): CallSite | undefined {
  const site = present({
    file: textOf(attributes, ATTR_CODE_FILE_PATH),
    function: textOf(attributes, ATTR_CODE_FUNCTION_NAME),
    line: numberOf(attributes, ATTR_CODE_LINE_NUMBER),
  });
  return Object.keys(site).length === 0 ? undefined : site;
}

const PARAMETER = dbQueryParameterKey('');

/** An engine sets its version under its own name: `duckdb.version`. */
function engineVersionKey(system: string): string {
  return `${system}.version`;
}

function warningsOf({ attributes }: TraceSpan, { operatorId, queryId }: Place, kind: string | undefined): Warning[] {
  if (kind !== 'run' && kind !== 'query' && kind !== 'operator') return [];
  return textsOf(attributes, ATTR_WARNING_CODES).map((code) => ({ code, ...present({ operatorId, queryId }) }));
}

/** A run and a query list the codes of what is below them, too. */
function withoutRepeats(warnings: readonly Warning[]): Warning[] {
  const precise = new Set(warnings.filter(({ operatorId }) => operatorId !== undefined).map(({ code }) => code));
  const ofQueries = new Set(warnings.filter(({ queryId }) => queryId !== undefined).map(({ code }) => code));
  return warnings.filter(({ code, operatorId, queryId }) => {
    if (operatorId !== undefined) return true;
    return !precise.has(code) && (queryId !== undefined || !ofQueries.has(code));
  });
}

/**
 * The operators with their inputs. Those that an engine reported are in the order of their ids in the report, because
 * its spans often have the same start; others in order of their start. The link of a node to another is a shared input.
 */
function linkInputs(operators: readonly Operator[], links: ReadonlyMap<string, readonly string[]>): Operator[] {
  const byId = new Map(operators.map((operator) => [operator.id, operator]));
  const inputs = new Map<string, Operator[]>();
  for (const operator of operators) {
    const parent = byId.get(operator.parentId ?? '');
    if (parent?.origin !== operator.origin) continue;
    const siblings = inputs.get(parent.id);
    if (siblings === undefined) inputs.set(parent.id, [operator]);
    else siblings.push(operator);
  }
  const linked = operators.map((operator) => {
    const below = (inputs.get(operator.id) ?? []).toSorted(byReportId).map(({ id }) => id);
    const shared = (links.get(operator.id) ?? []).filter((id) => byId.has(id) && !below.includes(id));
    return { ...operator, inputIds: [...below, ...shared] };
  });
  return inPlanOrder(linked);
}

/** Compares ids of the form `0.1.10` part by part. */
function byReportId({ reportId: one = '' }: Operator, { reportId: other = '' }: Operator): number {
  return one === other ? 0 : order.compare(one, other);
}

const order = new Intl.Collator('en', { numeric: true });

/** Consumers before their inputs, and inputs in their order. */
function inPlanOrder(operators: readonly Operator[]): Operator[] {
  const children = new Map<string | undefined, Operator[]>();
  const ids = new Set(operators.map(({ id }) => id));
  for (const operator of operators) {
    const parent = operator.parentId !== undefined && ids.has(operator.parentId) ? operator.parentId : undefined;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [operator]);
    else siblings.push(operator);
  }
  for (const siblings of children.values()) siblings.sort(byReportId);
  const ordered: Operator[] = [];
  const left = (children.get(undefined) ?? []).toReversed();
  for (let operator = left.pop(); operator !== undefined; operator = left.pop()) {
    ordered.push(operator);
    for (const below of (children.get(operator.id) ?? []).toReversed()) left.push(below);
  }
  return ordered;
}

/** A call that names its operator by the id in the report, though it is not below it, because that has no span. */
function ownedCalls(
  calls: readonly StorageCall[],
  operators: readonly Operator[],
  nodes: readonly (readonly [TreeNode, number])[],
): StorageCall[] {
  const byReportId = new Map(operators.map(({ queryId, reportId, id }) => [`${queryId} ${reportId}`, id]));
  const spans = new Map(nodes.map(([{ span }]) => [span.spanId, span]));
  return calls
    .map((call) => {
      const reportId = spans.get(call.id)?.attributes.get(ATTR_OPERATOR_ID);
      const operatorId = byReportId.get(`${call.queryId} ${reportId}`);
      return reportId === undefined || operatorId === undefined ? call : { ...call, operatorId };
    })
    .sort((one, other) => (one.timing.start ?? 0) - (other.timing.start ?? 0));
}
