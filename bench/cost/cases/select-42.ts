import { compareQuery } from '../compare-query.ts';
import type { CostCase } from '../cost-case.ts';

const NAME = 'select-42';
const WARM_UP_ROUNDS = 600;

/** A query that takes almost no time, so that the fixed cost per query shows. */
export const select42: CostCase = {
  rounds: 1000,
  quickRounds: 200,
  measure: (rounds) =>
    compareQuery(
      NAME,
      'SELECT 42',
      rounds,
      {
        untraced: { atMost: 0.01, more: 'bare' },
        traced: {
          lean: { atMost: 0.35, more: 'bare' },
          'with reads': { atMost: 0.45, more: 'bare' },
          everything: { atMost: 0.6, more: 'bare' },
        },
      },
      WARM_UP_ROUNDS,
    ),
};
