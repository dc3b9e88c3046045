import { EXPLODING_JOIN, explodingJoin as explosionOf } from '@planscope/internal/checks/exploding-join';
import { count } from '@planscope/internal/quantity';
import { defineRule, type Rule } from '../rule.ts';
import { isProduct } from './cross-product.ts';

export const explodingJoin: Rule = defineRule({
  code: 'exploding-join',
  title: 'A join multiplied its rows',
  meaning:
    'A join made far more rows than its larger side has, because its keys repeat on both sides. The share is that of the join and of the operators above it that get as many rows.',
  advice: 'Check that the condition names the whole key; aggregate or deduplicate one side before the join.',
  warnings: ['exploding-join'],
  thresholds: {
    factor: {
      value: EXPLODING_JOIN.factor,
      unit: '1',
      reason: 'A join on a whole key gives at most the rows of its larger side; ten times means that keys repeat.',
    },
    rows: {
      value: EXPLODING_JOIN.rows,
      unit: '{row}',
      reason: 'DuckDB aggregates about 20 million rows a second on one core, so that fewer cost less than 50 ms.',
    },
  },
  *check(view, limits) {
    for (const { query, operators } of view.plans) {
      for (const join of operators) {
        const found = isProduct(join) ? undefined : explosionOf(join, limits);
        if (found === undefined) continue;
        const carriers = view.above(join.id).filter(({ rows = 0 }) => rows >= found.largest);
        const consumer = view.above(join.id)[carriers.length];
        const concerned = [join.id, ...carriers.map(({ id }) => id), ...(consumer === undefined ? [] : [consumer.id])];
        yield {
          queryId: query.id,
          operatorId: join.id,
          explanation: `${join.name} made ${count(found.rows)} rows, and its larger side has ${count(found.largest)}.`,
          evidence: [
            { name: 'rows', value: found.rows, unit: '{row}', source: 'profile' },
            { name: 'rows of the larger side', value: found.largest, unit: '{row}', source: 'profile' },
          ],
          share: view.computeShare(concerned),
          shareOf: 'compute',
        };
      }
    }
  },
});
