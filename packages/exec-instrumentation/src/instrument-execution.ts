import { type Batch, type ExecutionPlan, type PlanningContext, type Rule, transformPlan } from '@planscope/plan';
import { instrumentation } from './instrumentation.ts';
import type { ExecutionInstrumentationOptions } from './instrumentation-options.ts';
import { InstrumentedPlan, isInstrumented } from './live/instrumented-plan.ts';

/** A physical rule for plans of any kind of batch. */
export interface ExecutionInstrumentation extends Pick<Rule<never>, 'name' | 'mustBeLast'> {
  apply<Rows extends Batch>(plan: ExecutionPlan<Rows>, context?: PlanningContext): ExecutionPlan<Rows>;
}

/**
 * A physical rule that gives every operator a span for each of its executions. It must be the last: rules after it
 * would see wrappers, and the nodes they put in would have no span.
 *
 * A node is wrapped once, however many parents it has and however often the rule runs; what the plan does stays as it
 * was. Whether a shared node runs once is the node's own doing (`context.shared.once`); its span then gets a link from
 * each further consumer.
 */
export function instrumentExecution(options: ExecutionInstrumentationOptions = {}): ExecutionInstrumentation {
  const resolved = instrumentation(options);
  return {
    name: 'instrument_execution',
    mustBeLast: true,
    apply: (plan) =>
      transformPlan(plan, (node) => (isInstrumented(node) ? node : new InstrumentedPlan(node, resolved))),
  };
}
