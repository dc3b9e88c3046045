import { expect, it } from 'vitest';
import { logicalNode } from '../testing/index.ts';
import { displayPlan } from './display-plan.ts';
import type { LogicalPlan } from './logical-plan.ts';

it('shows one line a node, children indented below their parent', () => {
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

it('shows a shared node in full once, with everything below it', () => {
  const shared = logicalNode('Filter', 'delay > 10', [logicalNode('Scan', 'flights')]);
  expect(displayPlan(logicalNode('Join', '', [shared, shared]))).toMatchInlineSnapshot(`
    "Join
      Filter: delay > 10 [shared_1]
        Scan: flights
      Filter [see shared_1]"
  `);
});

it('numbers shared nodes as they come, also one within another', () => {
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

it('stays linear where a plan has exponentially many paths', () => {
  let plan: LogicalPlan = logicalNode('Scan', 'flights');
  for (let level = 0; level < 60; level += 1) plan = logicalNode('Join', String(level), [plan, plan]);
  expect(displayPlan(plan).split('\n')).toHaveLength(121);
});

it('shows a plan deeper than the stack, in text that stays linear', () => {
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

it('keeps to one line where a description has several, and puts the name first once', () => {
  const described = (description: string): LogicalPlan => ({ ...logicalNode('Scan'), describe: () => description });
  const lines = ['a\n  b\r\nc', 'Scan: flights', 'Scanner a', '', 'Scan', '(flights)'].map((text) =>
    displayPlan(described(text)),
  );
  expect(lines).toEqual(['Scan: a b c', 'Scan: flights', 'Scan: Scanner a', 'Scan', 'Scan', 'Scan: (flights)']);
});

it('takes the line of a node from the caller', () => {
  const plan = logicalNode('Filter', "name = 'x'", [logicalNode('Scan', 'flights')]);
  expect(displayPlan(plan, { line: (node) => node.name.toLowerCase() })).toBe('filter\n  scan');
});
