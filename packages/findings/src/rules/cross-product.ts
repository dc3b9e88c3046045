import { count } from '@planscope/internal/quantity';
import { defineRule, type Rule } from '../rule.ts';
import type { PlanOperator } from '../run-view.ts';

const PRODUCTS: ReadonlySet<string> = new Set(['CROSS_PRODUCT', 'NESTED_LOOP_JOIN', 'BLOCKWISE_NL_JOIN']);

/** Whether a join compares each row of one side with each of the other. */
export function isProduct({ type }: PlanOperator): boolean {
  return PRODUCTS.has(type);
}

export const crossProduct: Rule = defineRule({
  code: 'cross-product',
  title: 'A join compares all pairs of rows',
  meaning:
    'A join without an equality in its condition compared each row of one side with each of the other. A side of one row, as a scalar subquery has, is no product.',
  advice:
    'Add an equality to the condition, such as a key or a bucket of the compared value, so that DuckDB can hash it.',
  thresholds: {
    pairs: {
      value: 10_000_000,
      unit: '{pair}',
      reason:
        'Measured with DuckDB 1.5: 200 to 300 million pairs a second on one core, so that fewer cost less than 50 ms.',
    },
  },
  *check(view, { pairs }) {
    for (const { query, operators } of view.plans) {
      for (const join of operators) {
        const [left, right] = join.children.map(({ rows = 0 }) => rows);
        if (!isProduct(join) || left === undefined || right === undefined) continue;
        if (Math.min(left, right) <= 1 || left * right < pairs) continue;
        yield {
          queryId: query.id,
          operatorId: join.id,
          explanation: `${join.name} compared ${count(left)} with ${count(right)} rows, ${count(left * right)} pairs, and kept ${count(join.rows ?? 0)}.`,
          evidence: [
            { name: 'pairs', value: left * right, unit: '{pair}', source: 'derived' },
            { name: 'rows of the left side', value: left, unit: '{row}', source: 'profile' },
            { name: 'rows of the right side', value: right, unit: '{row}', source: 'profile' },
          ],
          share: view.computeShare([
            join.id,
            ...view
              .above(join.id)
              .slice(0, 1)
              .map(({ id }) => id),
          ]),
          shareOf: 'compute',
        };
      }
    }
  },
});
