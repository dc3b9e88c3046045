import { present } from '@planscope/internal/present';
import type { ExecutionStatus, MetricReport } from '@planscope/plan/report';
import { type MetricType, SPAN_EXECUTE } from '@planscope/semconv';
import { finishRun } from '../finish-run.ts';
import { reportedMetrics } from '../metric-sources.ts';
import { parseFields } from '../operator-fields.ts';
import { operatorKind } from '../operator-kind.ts';
import { operatorNumbers } from '../operator-numbers.ts';
import type { AttributeValues, Metric, MetricSource, Operator, Query, Run, Totals } from '../run.ts';

/** The `RunResult` of `@planscope/engine`, in the parts that a run is made of. */
export interface FinishedRun {
  readonly runId: string;
  readonly traceId?: string | undefined;
  readonly status: ExecutionStatus;
  readonly specHash?: string | undefined;
  readonly envelopeHash?: string | undefined;
  readonly rulepackFingerprint?: string | undefined;
  readonly planFingerprint?: string | undefined;
  readonly plan?: { toJSON(): FinishedPlan } | undefined;
  readonly operators: readonly FinishedOperator[];
  readonly summary: FinishedSummary;
  readonly warnings: readonly { readonly code: string; readonly message?: string }[];
  readonly startedAt: Date;
  readonly completedAt: Date;
}

/** The physical plan of a `PlanDocument`, which has the descriptions of operators. */
export interface FinishedPlan {
  readonly physical?: { readonly nodes: readonly FinishedNode[] };
}

/** A node of the plan, with the engines that it ran. */
export interface FinishedNode {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly children: readonly string[];
  readonly executions: readonly {
    readonly engines: readonly {
      readonly engine: { readonly name: string; readonly version: string };
      readonly status: ExecutionStatus;
      readonly metrics: readonly MetricReport[];
      readonly operators: { readonly nodes: readonly { readonly id: string; readonly description: string }[] };
    }[];
  }[];
}

/** A finished operator of a result. */
export interface FinishedOperator {
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly description?: string;
  readonly status: ExecutionStatus;
  readonly origin: string;
  readonly stageId?: string;
  readonly inputStageIds?: readonly string[];
  readonly metrics: Readonly<
    Record<
      string,
      { readonly value: number; readonly type: MetricType; readonly unit: string; readonly source: MetricSource }
    >
  >;
}

/** A number with its source, or null if it was not measured. */
export type FinishedNumber = { readonly value: number; readonly source: MetricSource } | { readonly value: null };

/** The numbers of a result, each with its source. */
export type FinishedSummary = Readonly<
  Record<
    | 'outputRows'
    | 'outputBytes'
    | 'elapsedComputeNanos'
    | 'spilledBytes'
    | 'bytesRead'
    | 'bytesWritten'
    | 'storeBytesRead'
    | 'storeBytesWritten',
    FinishedNumber
  >
>;

/** What a result does not have itself. */
export interface RunFromResultOptions {
  /** Default: `planscope.execute`, like the span of a run. */
  readonly name?: string;
  readonly service?: string;
  readonly fields?: AttributeValues;
}

/**
 * The run in a result of the engine. It has what the result has: identity, totals, operators and warnings, and neither
 * planning, single calls nor spans.
 */
export function runFromResult(result: FinishedRun, options: RunFromResultOptions = {}): Run {
  const { runId, status, startedAt, completedAt, operators, summary, warnings } = result;
  const { traceId, specHash, envelopeHash, rulepackFingerprint, planFingerprint } = result;
  const nodes = result.plan?.toJSON().physical?.nodes ?? [];
  const nodesById = nodesOf(operators, nodes);
  const engines = [...nodesById].flatMap(([id, node]) => enginesOf(id, node));
  const run = finishRun({
    id: runId,
    source: 'result',
    kind: 'run',
    name: options.name ?? SPAN_EXECUTE,
    identity: {
      runId,
      ...present({ traceId, specHash, envelopeHash, rulepackFingerprint, planFingerprint }),
    },
    start: (BigInt(startedAt.getTime()) * NANOSECONDS).toString(),
    duration: (completedAt.getTime() - startedAt.getTime()) * Number(NANOSECONDS),
    basis: 'measured',
    status,
    ...present({ service: options.service }),
    gaps: [],
    resource: {},
    fields: options.fields ?? {},
    tracing: {},
    callers: [],
    queries: engines.map(({ query }) => query),
    warnings: warnings.map(({ code, message }) => ({ code, ...present({ message }) })),
    phases: [],
    operators: operatorsOf(operators, engines, nodesById),
    stages: [],
    calls: [],
    spans: [],
    sizes: new Map(),
  });
  return { ...run, totals: { ...run.totals, ...totalsOf(summary) } };
}

/** In a millisecond. */
const NANOSECONDS = 1_000_000n;

/** An engine that a node ran. */
interface Engine {
  readonly query: Query;
  /** Of its operators, by their ids in the result. */
  readonly descriptions: ReadonlyMap<string, string>;
}

/** The nodes of the plan by the ids of their operators. The description of an operator is that of its node. */
function nodesOf(
  operators: readonly FinishedOperator[],
  nodes: readonly FinishedNode[],
): ReadonlyMap<string, FinishedNode> {
  const left = [...nodes];
  const found = new Map<string, FinishedNode>();
  for (const { id, origin, description } of operators) {
    const place = origin === 'node' ? left.findIndex((node) => node.description === description) : -1;
    const [node] = place === -1 ? [] : left.splice(place, 1);
    if (node !== undefined) found.set(id, node);
  }
  return found;
}

function enginesOf(operatorId: string, node: FinishedNode): Engine[] {
  const engines = node.executions.flatMap((execution) => execution.engines);
  return engines.map(({ engine, status, metrics, operators: graph }, index): Engine => {
    const prefix = engines.length === 1 ? `${operatorId}/` : `${operatorId}/${index}/`;
    const query: Query = {
      id: prefix.slice(0, -1),
      operatorId,
      system: engine.name,
      ...present({ version: engine.version || undefined }),
      parameters: {},
      timing: { basis: 'execution_window' },
      status,
      partial: false,
      metrics: reportedMetrics(metrics),
    };
    return { query, descriptions: new Map(graph.nodes.map((each) => [prefix + each.id, each.description])) };
  });
}

/** The inputs of each operator: of a node as in the plan, which has those that are shared, too. */
function inputsOf(
  operators: readonly FinishedOperator[],
  nodes: ReadonlyMap<string, FinishedNode>,
): ReadonlyMap<string, readonly string[]> {
  const inputs = new Map<string, string[]>();
  const origins = new Map(operators.map(({ id, origin }) => [id, origin]));
  for (const { id, parentId = '', origin } of operators) {
    if (origins.get(parentId) !== origin) continue;
    const siblings = inputs.get(parentId);
    if (siblings === undefined) inputs.set(parentId, [id]);
    else siblings.push(id);
  }
  const ids = new Map([...nodes].map(([id, node]) => [node.id, id]));
  for (const [id, { children }] of nodes) {
    const below = children.flatMap((child) => ids.get(child) ?? []);
    inputs.set(id, [...new Set(below)]);
  }
  return inputs;
}

function operatorsOf(
  operators: readonly FinishedOperator[],
  engines: readonly Engine[],
  nodes: ReadonlyMap<string, FinishedNode>,
): Operator[] {
  const inputs = inputsOf(operators, nodes);
  return operators.map((operator) => {
    const { id, parentId, name, status, stageId, inputStageIds = [], metrics } = operator;
    const origin = operator.origin === 'node' ? 'node' : 'engine';
    const engine = engines.find(({ descriptions }) => descriptions.has(id));
    const description = operator.description ?? engine?.descriptions.get(id);
    const fields = description === undefined ? [] : parseFields(name, description);
    return {
      id,
      name,
      kind: operatorKind(name, fields, origin),
      origin,
      ...present({ parentId, queryId: engine?.query.id, stageId }),
      inputIds: inputs.get(id) ?? [],
      inputStageIds,
      ...present({ description }),
      fields,
      details: {},
      timing: { basis: 'execution_window' },
      status,
      partial: false,
      ...operatorNumbers(metrics),
      metrics,
      warningCodes: [],
    };
  });
}

/** Summed up by the engine, with what is not in single operators. */
function totalsOf(summary: FinishedSummary): Totals {
  const number = (found: FinishedNumber, unit: string, type: MetricType = 'count'): Metric | undefined =>
    found.value === null ? undefined : { value: found.value, unit, type, source: found.source };
  return present({
    outputRows: number(summary.outputRows, '{row}'),
    outputBytes: number(summary.outputBytes, 'By'),
    compute: number(summary.elapsedComputeNanos, 'ns', 'time'),
    spilledBytes: number(summary.spilledBytes, 'By'),
    bytesRead: number(summary.bytesRead, 'By'),
    bytesWritten: number(summary.bytesWritten, 'By'),
    storeBytesRead: number(summary.storeBytesRead, 'By'),
    storeBytesWritten: number(summary.storeBytesWritten, 'By'),
  });
}
