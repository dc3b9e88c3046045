import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  describeNode,
  type ExecutionPlan,
  type LogicalPlan,
  type PlannedQuery,
  type PlanningContext,
  planQuery,
  type Rule,
  type SessionState,
  transformPlan,
} from '@planscope/plan';
import { logicalNode, testPlanningContext, UnionExec, ValuesExec } from '@planscope/plan/testing';
import { createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { instrumentSession } from '../src/planning-interceptor.ts';
import type { PlanningTraceOptions } from '../src/planning-options.ts';

/** A query over two scans; the literal is what no trace may show. */
export const secret = 'Ada Lovelace';
export const query: LogicalPlan = logicalNode('Sort', 'delay', [
  logicalNode('Filter', `name = '${secret}'`, [logicalNode('Scan', 'flights')]),
]);

/** A session that changes nothing, where `parts` does not say otherwise. */
export function session(parts: Partial<SessionState> = {}): SessionState {
  return {
    analyzerRules: [keep('resolve_names')],
    optimizerRules: [keep('push_limit'), keep('prune_columns')],
    physicalOptimizerRules: [keep<ExecutionPlan>('coalesce')],
    queryPlanner: { createPhysicalPlan: () => new UnionExec([new ValuesExec([[]])]) },
    maxPasses: 3,
    ...parts,
  };
}

export function keep<Plan = LogicalPlan>(name: string): Rule<Plan> {
  return { name, apply: (plan) => plan };
}

/** A rule that gives the nodes of one description another. */
export function rewrite(name: string, from: string, to: string): Rule<LogicalPlan> {
  return {
    name,
    apply: (plan) =>
      transformPlan(plan, (node) => {
        const [kind = '', detail = ''] = to.split(': ');
        return describeNode(node) === from ? logicalNode(kind, detail, node.children) : node;
      }),
  };
}

export function fail<Plan = LogicalPlan>(name: string, error: unknown, more: Partial<Rule<Plan>> = {}): Rule<Plan> {
  return {
    name,
    apply: () => {
      throw error;
    },
    ...more,
  };
}

/** What one traced query left behind. */
export interface TracedQuery {
  readonly recorder: SpanRecorder;
  readonly tree: string;
  readonly result: PromiseSettledResult<PlannedQuery>;
}

/** Plans a query under a span of its own, with the session instrumented. */
export async function traced(
  state: SessionState,
  options: PlanningTraceOptions & {
    readonly plan?: LogicalPlan;
    readonly attributes?: readonly string[];
    readonly context?: Partial<PlanningContext>;
  } = {},
): Promise<TracedQuery> {
  const { plan = query, attributes = [], context = {}, ...rest } = options;
  const recorder = createSpanRecorder();
  const instrumented = instrumentSession(state, { tracerProvider: recorder.tracerProvider, ...rest });
  const [result] = await Promise.allSettled([
    planQuery(instrumented, plan, testPlanningContext({ otelContext: ROOT_CONTEXT, ...context })),
  ]);
  if (recorder.openSpans() > 0) throw new Error(`${recorder.openSpans()} spans were left open`);
  return { recorder, tree: renderSpanTree(recorder.spans(), { attributes }), result };
}

/** The attribute of the one span of a name. */
export function attributeOf({ recorder }: TracedQuery, name: string, key: string): unknown {
  const spans = recorder.spans().filter((span) => span.name === name);
  if (spans.length !== 1) throw new Error(`there are ${spans.length} spans named ${name}`);
  return spans[0]?.attributes[key];
}

/** A context whose spans hang under a new span of that name. */
export function under(
  recorder: SpanRecorder,
  name: string,
): { otelContext: PlanningContext['otelContext']; end(): void } {
  const span = recorder.tracerProvider.getTracer('test').startSpan(name);
  return { otelContext: trace.setSpan(ROOT_CONTEXT, span), end: () => span.end() };
}
