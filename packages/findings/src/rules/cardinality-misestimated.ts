import { findMisestimates, MISESTIMATE } from '@planscope/internal/checks/misestimates';
import { count } from '@planscope/internal/quantity';
import { defineRule, type Rule } from '../rule.ts';

export const cardinalityMisestimated: Rule = defineRule({
  code: 'cardinality-misestimated',
  title: 'Joins were planned with wrong row counts',
  meaning:
    'Below a join, an operator gave far more or fewer rows than the planner estimated. Of operators above one another, the lowest is reported. The share is that of the joins above.',
  advice:
    'Compare the plan with one that has the real row counts: store the rows of this operator in a temporary table and join that.',
  warnings: ['cardinality-misestimated'],
  thresholds: {
    factor: {
      value: MISESTIMATE.factor,
      unit: '1',
      reason:
        'A factor of 3 is normal: each of the 22 queries of TPC-H has one. Ten is more than the sides of most joins differ, so that it can swap them.',
    },
    rows: {
      value: MISESTIMATE.rows,
      unit: '{row}',
      reason: 'Joins of fewer rows take milliseconds in any order; a row group of DuckDB has 122,880.',
    },
    share: {
      value: 0.1,
      unit: '1',
      reason: 'If the joins above take less than a tenth of the compute time, no order of them saves more.',
    },
  },
  *check(view, { factor, rows, share: least }) {
    for (const { query, roots, stopped } of view.plans) {
      for (const [id, { estimated, actual }] of findMisestimates(roots, { factor, rows }, stopped)) {
        const { name } = view.operator(id);
        const joins = view.above(id).filter(({ kind }) => kind === 'join');
        const share = view.computeShare(joins.map((join) => join.id));
        if (share < least) continue;
        yield {
          queryId: query.id,
          operatorId: id,
          explanation: `${name} was estimated at ${count(estimated)} rows and gave ${count(actual)}; the order and sides of ${joins.length === 1 ? 'the join' : `${joins.length} joins`} above it depend on that.`,
          evidence: [
            { name: 'estimated rows', value: estimated, unit: '{row}', source: 'profile' },
            { name: 'rows', value: actual, unit: '{row}', source: 'profile' },
          ],
          share,
          shareOf: 'compute',
        };
      }
    }
  },
});
