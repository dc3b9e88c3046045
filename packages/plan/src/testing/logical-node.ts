import { FIELD_DETAIL } from '@planscope/semconv';
import { expectChildCount } from '../node/expect-child-count.ts';
import type { LogicalPlan } from '../node/logical-plan.ts';

/** A logical node for tests, all of it said by its arguments. */
export function logicalNode(name: string, detail = '', children: readonly LogicalPlan[] = []): LogicalPlan {
  const node: LogicalPlan = {
    name,
    children,
    describe: () => [{ key: FIELD_DETAIL, text: detail, kind: 'plan' }],
    withNewChildren(given) {
      expectChildCount(node, given);
      return logicalNode(name, detail, given);
    },
  };
  return node;
}
