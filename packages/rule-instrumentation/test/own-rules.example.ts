import {
  describeNode,
  type ExecutionPlan,
  type LogicalPlan,
  type PlanningContext,
  type PlanningStep,
  planQuery,
  samePlan,
} from '@planscope/plan';
import { instrumentSession, planningInterceptor } from '@planscope/rule-instrumentation';

// The engine: its own nodes, and its own arrays of rules. Nothing here knows of Planscope.
export interface ToyNode {
  readonly kind: string;
  readonly detail: string;
  readonly inputs: readonly ToyNode[];
}

type Rewrite = (node: ToyNode) => ToyNode;
type ToyRule = readonly [name: string, rewrite: Rewrite];

export const analyzers: readonly ToyRule[] = [
  ['qualify_names', everywhere((node) => (node.kind === 'Scan' ? { ...node, detail: `main.${node.detail}` } : node))],
];
export const optimizers: readonly ToyRule[] = [
  ['drop_true_filters', everywhere((node) => (node.detail === 'true' ? (node.inputs[0] ?? node) : node))],
  ['push_limits', (node) => node],
];

function everywhere(rewrite: Rewrite): Rewrite {
  return (node) => rewrite({ ...node, inputs: node.inputs.map(everywhere(rewrite)) });
}

// A node of the engine as a plan.
export function asPlan(node: ToyNode): LogicalPlan {
  return {
    name: node.kind,
    children: node.inputs.map(asPlan),
    describe: () => [{ key: 'detail', text: node.detail, kind: 'plan' }],
    withNewChildren: (children) => asPlan({ ...node, inputs: children.map(asNode) }),
  };
}

export function asNode(plan: LogicalPlan): ToyNode {
  const detail = describeNode(plan).slice(plan.name.length + 2);
  return { kind: plan.name, detail, inputs: plan.children.map(asNode) };
}

// First way: hand the arrays to the planning driver. Phases, passes, warnings and aborts come with it.
export async function planWithDriver(
  query: ToyNode,
  makePhysical: (node: ToyNode) => ExecutionPlan,
  context: PlanningContext,
): Promise<ExecutionPlan> {
  const asRule = ([name, rewrite]: ToyRule) => ({ name, apply: (plan: LogicalPlan) => asPlan(rewrite(asNode(plan))) });
  const session = instrumentSession(
    {
      analyzerRules: analyzers.map(asRule),
      optimizerRules: optimizers.map(asRule),
      physicalOptimizerRules: [],
      queryPlanner: { createPhysicalPlan: (plan) => makePhysical(asNode(plan)) },
    },
    { planner: 'toy' },
  );
  const { plan } = await planQuery(session, asPlan(query), context);
  return plan;
}

// Second way: keep your own loop, and put the interceptor around each phase and each rule.
export async function planWithOwnLoop(query: ToyNode, context: PlanningContext): Promise<ToyNode> {
  const traced = planningInterceptor({ planner: 'toy' });

  const runRules: PlanningStep = async (phase) => {
    let { plan } = phase;
    const effectiveRules: string[] = [];
    for (const [rule, rewrite] of optimizers) {
      const runRule: PlanningStep = async (call) => {
        const after = asPlan(rewrite(asNode(call.plan)));
        const changed = !samePlan<LogicalPlan>(call.plan, after);
        return { plan: after, changed, effectiveRules: changed ? [rule] : [] };
      };
      // The context of the phase, not of the query: it carries the span that the rule belongs under.
      const { context } = phase;
      const outcome = await traced(runRule)({ kind: 'rule', phase: phase.phase, rule, mayFail: false, plan, context });
      plan = outcome.plan;
      effectiveRules.push(...outcome.effectiveRules);
    }
    return { plan, changed: !samePlan<LogicalPlan>(phase.plan, plan), effectiveRules };
  };

  const call = { kind: 'phase', phase: 'optimize_logical_plan', plan: asPlan(query), context } as const;
  return asNode((await traced(runRules)(call)).plan);
}
