import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlanError } from '../plan-error.ts';
import { logicalNode } from '../testing/index.ts';
import { displayPlan } from './display-plan.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { describeNode } from './plan-node.ts';
import { samePlan, transformPlan, walkPlan } from './walk-plan.ts';

const directions = ['up', 'down'] as const;

/** Plans as graphs: the children of each node are earlier nodes. */
const plans = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.array(fc.nat(), { maxLength: 3 })), {
    minLength: 1,
    maxLength: 15,
  })
  .map((rows) => {
    const nodes: LogicalPlan[] = [];
    for (const [detail, picks] of rows) {
      const children = nodes.length === 0 ? [] : picks.flatMap((pick) => nodes[pick % nodes.length] ?? []);
      nodes.push(logicalNode('Node', detail, children));
    }
    return nodes.at(-1) ?? logicalNode('Node');
  });

describe('walkPlan', () => {
  it('visits every node once, parents or children first', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const down = [...walkPlan(plan)];
        const up = [...walkPlan(plan, 'children-first')];
        expect(new Set(down).size).toBe(down.length);
        expect(new Set(up)).toEqual(new Set(down));
        expect(down[0]).toBe(plan);
        for (const node of up) {
          for (const child of node.children) expect(up.indexOf(child)).toBeLessThan(up.indexOf(node));
        }
      }),
    );
  });

  it('goes depth first, in the order of children', () => {
    const plan = logicalNode('a', '', [logicalNode('b', '', [logicalNode('c')]), logicalNode('d')]);
    expect([...walkPlan(plan)].map((node) => node.name).join('')).toBe('abcd');
    expect([...walkPlan(plan, 'children-first')].map((node) => node.name).join('')).toBe('cbda');
  });
});

describe('transformPlan', () => {
  it.each(directions)('returns the given plan if a rewrite %s changes nothing', (direction) => {
    fc.assert(fc.property(plans, (plan) => transformPlan(plan, (node) => node, direction) === plan));
  });

  it.each(directions)('rewrites each node once and keeps sharing, going %s', (direction) => {
    fc.assert(
      fc.property(plans, (plan) => {
        let calls = 0;
        const renamed = transformPlan(
          plan,
          (node) => {
            calls += 1;
            return logicalNode('Renamed', describeNode(node), node.children);
          },
          direction,
        );
        const before = [...walkPlan(plan)];
        expect(calls).toBe(before.length);
        expect([...walkPlan(renamed)].map((node) => node.name)).toEqual(before.map(() => 'Renamed'));
      }),
    );
  });

  it('does not change other branches', () => {
    const beside = logicalNode('Scan', 'airports');
    const plan = logicalNode('Join', '', [logicalNode('Scan', 'flights'), beside]);
    const changed = transformPlan(plan, (node) =>
      describeNode(node) === 'Scan: flights' ? logicalNode('Empty') : node,
    );
    expect(changed.children[0]?.name).toBe('Empty');
    expect(changed.children[1]).toBe(beside);
  });

  it('going up sees children already rewritten and may put a node above another', () => {
    const plan = logicalNode('Join', '', [logicalNode('Scan', 'flights')]);
    const limited = transformPlan(plan, (node) => logicalNode('Limit', '10', [node]));
    expect(displayPlan(limited)).toBe('Limit: 10\n  Join\n    Limit: 10\n      Scan: flights');
  });

  it('going down sees the children from the rewrite of their parent', () => {
    const plan = logicalNode('Filter', 'true', [logicalNode('Filter', 'true', [logicalNode('Scan')])]);
    const skip = (node: LogicalPlan): LogicalPlan => (node.name === 'Filter' ? skip(node.children[0] ?? node) : node);
    expect(displayPlan(transformPlan(plan, skip, 'down'))).toBe('Scan');
  });

  it('going down refuses to put a node under itself', () => {
    const plan = logicalNode('Scan');
    const wrap = (): unknown => transformPlan(plan, (node) => logicalNode('Limit', '1', [node]), 'down');
    expect(wrap).toThrow(expect.objectContaining({ code: 'cyclic-rewrite' }));
    expect(wrap).toThrow('node "Scan" under itself; rewrite upwards');
    expect(wrap).toThrow(PlanError);
  });

  it.each(directions)('works on plans deeper than the stack, going %s', (direction) => {
    let plan: LogicalPlan = logicalNode('Scan');
    for (let level = 0; level < 50_000; level += 1) plan = logicalNode('Filter', '', [plan]);
    const changed = transformPlan(plan, (node) => (node.name === 'Scan' ? logicalNode('Empty') : node), direction);
    expect([...walkPlan(changed)].at(-1)?.name).toBe('Empty');
  });
});

describe('samePlan', () => {
  it('is true for a copy and false for any change', () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, pick) => {
        const copy = transformPlan(plan, (node) => ({ ...node, describe: node.describe }));
        expect(samePlan(plan, copy)).toBe(true);
        const nodes = [...walkPlan(plan)];
        const victim = nodes[pick % nodes.length];
        const changed = transformPlan(plan, (node) =>
          victim !== undefined && describeNode(node) === describeNode(victim)
            ? logicalNode(node.name, 'changed', node.children)
            : node,
        );
        expect(samePlan(plan, changed)).toBe(false);
      }),
    );
  });

  it('distinguishes a node that is used twice from two equal nodes, on both sides', () => {
    const [one, two] = [logicalNode('Scan', 'flights'), logicalNode('Scan', 'flights')];
    const shared = logicalNode('Join', '', [one, one]);
    const apart = logicalNode('Join', '', [one, two]);
    expect(samePlan(shared, apart)).toBe(false);
    expect(samePlan(apart, shared)).toBe(false);
  });

  it('detects removed, added and reordered children', () => {
    const [one, two] = [logicalNode('Scan', 'a'), logicalNode('Scan', 'b')];
    const plan = logicalNode('Join', '', [one, two]);
    for (const children of [[one], [one, two, one], [two, one]]) {
      expect(samePlan(plan, logicalNode('Join', '', children))).toBe(false);
    }
  });

  it('is linear for a plan with exponentially many paths', () => {
    const build = (): LogicalPlan => {
      let plan: LogicalPlan = logicalNode('Scan');
      for (let level = 0; level < 60; level += 1) plan = logicalNode('Join', '', [plan, plan]);
      return plan;
    };
    expect(samePlan(build(), build())).toBe(true);
  });
});
