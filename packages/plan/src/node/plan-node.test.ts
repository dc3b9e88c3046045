import { expect, it } from 'vitest';
import { logicalNode } from '../testing/test-plans.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { expectChildCount } from './plan-node.ts';

const leaf = logicalNode('Scan', 'flights');
const filter: { name: string; children: readonly [LogicalPlan] } = { name: 'Filter', children: [leaf] };

it('accepts the same number of children, and narrows their type', () => {
  const given: readonly LogicalPlan[] = [leaf];
  expectChildCount(filter, given);
  const child: LogicalPlan = given[0];
  expect(child).toBe(leaf);
});

it.each([[[]], [[leaf, leaf]]])('refuses fewer or more children', (given) => {
  expect(() => expectChildCount(filter, given)).toThrow(
    `[planscope/plan] Filter takes 1 children in withNewChildren, was given ${given.length}`,
  );
});
