import { type ExecutionPlan, type PhysicalOptimizerRule, transformPlan } from '@planscope/plan';
import { instrumentation } from './instrumentation.ts';
import type { ExecutionInstrumentationOptions } from './instrumentation-options.ts';
import { InstrumentedPlan, isInstrumented } from './live/instrumented-plan.ts';

/**
 * A physical rule that gives every operator a span for each of its executions. It must be the last: rules after it
 * would see wrappers, and the nodes they put in would have no span.
 *
 * A node is wrapped once, however many parents it has and however often the rule runs; what the plan does stays as it
 * was. Whether a shared node runs once is the node's own doing (`context.shared.once`); its span then gets a link from
 * each further consumer.
 */
export function instrumentExecution(options: ExecutionInstrumentationOptions = {}): PhysicalOptimizerRule {
  const resolved = instrumentation(options);
  const wrap = (node: ExecutionPlan): ExecutionPlan =>
    isInstrumented(node) ? node : new InstrumentedPlan(node, resolved);
  return { name: 'instrument_execution', mustBeLast: true, apply: (plan) => transformPlan(plan, wrap) };
}
