import type { Operator } from '@planscope/run-model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runOfOperators } from '../../test/recorded-runs.ts';
import { edgeWidth, layOutPlan } from './lay-out-plan.ts';
import { indexPlan, rankOperators, shareOf } from './plan-measures.ts';

const [template] = runOfOperators(1).operators as [Operator];

/** An operator below the one with this number; below none if it is not above it. */
function operator(index: number, parent: number | undefined, more: Partial<Operator> = {}): Operator {
  const isBelow = parent !== undefined && parent < index;
  return { ...template, id: `${index}`, inputIds: [], ...(isBelow ? { parentId: `${parent}` } : {}), ...more };
}

describe('layOutPlan', () => {
  it('overlaps no two operators of any plan, and has consumers above their inputs', () => {
    const plans = fc.array(fc.tuple(fc.nat(30), fc.boolean()), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(plans, (parents) => {
        const plan = indexPlan({ operators: parents.map(([parent], index) => operator(index, parent)) });
        const small = new Set(parents.flatMap(([, isSmall], index) => (isSmall ? [`${index}`] : [])));
        const size = (id: string) => (small.has(id) ? { width: 60, height: 20 } : { width: 200, height: 70 });
        const { operators, edges, width, height } = layOutPlan(plan, ({ id }) => size(id));
        expect(operators).toHaveLength(parents.length);
        expect(edges).toHaveLength(parents.filter(([parent], index) => parent < index).length);
        for (const one of operators) {
          expect(one.x).toBeGreaterThanOrEqual(-0.001);
          expect(one.x + one.width).toBeLessThanOrEqual(width + 0.001);
          expect(one.y + one.height).toBeLessThanOrEqual(height + 0.001);
          for (const other of operators) {
            if (one === other) continue;
            const isApart =
              one.x + one.width <= other.x + 0.001 ||
              other.x + other.width <= one.x + 0.001 ||
              one.y + one.height <= other.y + 0.001 ||
              other.y + other.height <= one.y + 0.001;
            expect(isApart).toBe(true);
          }
        }
        for (const { from, to } of edges) expect(to.y + to.height).toBeLessThan(from.y);
      }),
    );
  });

  it('draws a shared input once, with an edge to each consumer', () => {
    const operators = [
      operator(0, undefined, { inputIds: ['1', '2'] }),
      operator(1, 0, { inputIds: ['3'] }),
      operator(2, 0, { inputIds: ['3'] }),
      operator(3, 1),
    ];
    const { edges } = layOutPlan(indexPlan({ operators }), () => ({ width: 10, height: 10 }));
    const said = edges.map(({ from, to, shared }) => `${from.operator.id}→${to.operator.id}${shared ? ' shared' : ''}`);
    expect(said.sort()).toEqual(['1→0', '2→0', '3→1', '3→2 shared']);
  });
});

describe('indexPlan', () => {
  it('takes operators as roots whose parent is missing or comes after them', () => {
    const plan = indexPlan({
      operators: [
        { ...template, id: 'a', parentId: 'b' },
        { ...template, id: 'b', parentId: 'a' },
        { ...template, id: 'c', parentId: 'gone' },
      ],
    });
    expect(plan.roots.map(({ id }) => id)).toEqual(['a', 'c']);
  });
});

describe('rankOperators', () => {
  it('has the dearest first, the cheap apart, and leaves out what was not measured', () => {
    const { compute: _, ...unmeasured } = template;
    const plan = indexPlan({
      operators: [
        operator(0, undefined, { compute: 5 }),
        operator(1, 0, { compute: 995 }),
        operator(2, 1, { compute: 1000 }),
        { ...unmeasured, id: '3' },
      ],
    });
    const { dear, cheap, cheapShare } = rankOperators(plan, 'compute');
    expect(dear.map(({ id }) => id)).toEqual(['2', '1']);
    expect(cheap.map(({ id }) => id)).toEqual(['0']);
    expect(cheapShare).toBeCloseTo(0.0025);
    expect(shareOf(plan, plan.operators[3] as Operator, 'compute')).toBeUndefined();
  });
});

describe('edgeWidth', () => {
  it('grows with the rows, and is thin where they are unknown', () => {
    const widths = [undefined, 0, 10, 1000, 100_000].map((rows) => edgeWidth(rows, 100_000));
    expect(widths).toEqual([...widths].sort((one, other) => one - other));
    expect(widths[0]).toBe(1);
    expect(widths.at(-1)).toBe(10);
  });
});
