import { expect, it } from 'vitest';
import { logicalNode } from '../testing/test-plans.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { expectChildCount } from './plan-node.ts';

const leaf = logicalNode('Scan', 'flights');
const filter: { name: string; children: readonly [LogicalPlan] } = { name: 'Filter', children: [leaf] };

it('lets as many children through as there are, and then knows how many that is', () => {
  const given: readonly LogicalPlan[] = [leaf];
  expectChildCount(filter, given);
  const child: LogicalPlan = given[0];
  expect(child).toBe(leaf);
});

it.each([[[]], [[leaf, leaf]]])('refuses fewer and more', (given) => {
  expect(() => expectChildCount(filter, given)).toThrow(
    `[planscope/plan] Filter takes 1 children in withNewChildren, was given ${given.length}`,
  );
});
