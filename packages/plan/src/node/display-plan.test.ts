import { expect, it } from 'vitest';
import { logicalNode } from '../testing/index.ts';
import { displayPlan } from './display-plan.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { NodeField } from './plan-node.ts';

it('shows one line for each node, with children indented below their parent', () => {
  const plan = logicalNode('Sort', 'delay', [
    logicalNode('Join', 'origin = iata', [logicalNode('Scan', 'flights'), logicalNode('Scan', 'airports')]),
  ]);
  expect(displayPlan(plan)).toMatchInlineSnapshot(`
    "Sort: delay
      Join: origin = iata
        Scan: flights
        Scan: airports"
  `);
});

it('shows a shared node completely once, with everything below it', () => {
  const shared = logicalNode('Filter', 'delay > 10', [logicalNode('Scan', 'flights')]);
  expect(displayPlan(logicalNode('Join', '', [shared, shared]))).toMatchInlineSnapshot(`
    "Join
      Filter: delay > 10 [shared_1]
        Scan: flights
      Filter [see shared_1]"
  `);
});

it('numbers shared nodes in order, even nested ones', () => {
  const scan = logicalNode('Scan', 'flights');
  const filter = logicalNode('Filter', 'delay > 10', [scan]);
  expect(displayPlan(logicalNode('Union', '', [filter, filter, scan]))).toMatchInlineSnapshot(`
    "Union
      Filter: delay > 10 [shared_1]
        Scan: flights [shared_2]
      Filter [see shared_1]
      Scan [see shared_2]"
  `);
});

it('is linear for a plan with exponentially many paths', () => {
  let plan: LogicalPlan = logicalNode('Scan', 'flights');
  for (let level = 0; level < 60; level += 1) plan = logicalNode('Join', String(level), [plan, plan]);
  expect(displayPlan(plan).split('\n')).toHaveLength(121);
});

it('shows a plan deeper than the call stack, with text of linear size', () => {
  let plan: LogicalPlan = logicalNode('Scan');
  for (let level = 0; level < 50_000; level += 1) plan = logicalNode('Filter', '', [plan]);
  const lines = displayPlan(plan).split('\n');
  expect(lines).toHaveLength(50_001);
  expect([lines[40], lines[41], lines.at(-1)].map((line) => line?.replace(/^ {80}/, '[80]'))).toEqual([
    '[80]Filter',
    '[80](depth 41) Filter',
    '[80](depth 50000) Scan',
  ]);
});

it('shows the fields of a node in one line, a detail without its key, and omits fields without text', () => {
  const fields: NodeField[] = [
    { key: 'join_type', text: 'INNER', kind: 'code' },
    { key: 'filter', text: [], kind: 'expression' },
    { key: 'join_keys', text: ['a = b', 'c\n  = d'], kind: 'expression' },
    { key: 'limit', text: '', kind: 'code' },
    { key: 'detail', text: 'in\r\n memory', kind: 'plan' },
  ];
  const plan: LogicalPlan = { ...logicalNode('Join'), describe: () => fields };
  expect(displayPlan(plan)).toBe('Join: join_type=INNER, join_keys=[a = b, c = d], in memory');
  expect(displayPlan(logicalNode('Join'))).toBe('Join');
});

it('takes the line of a node from the caller', () => {
  const plan = logicalNode('Filter', "name = 'x'", [logicalNode('Scan', 'flights')]);
  expect(displayPlan(plan, { line: (node) => node.name.toLowerCase() })).toBe('filter\n  scan');
});
