import { compareQuery } from '../compare-query.ts';
import type { CostCase } from '../cost-case.ts';
import { GROUP_BY } from '../flights.ts';

const NAME = 'group-by';

/** A query of some tens of milliseconds over Parquet, with several operators and reads. */
export const groupBy: CostCase = {
  rounds: 200,
  quickRounds: 20,
  measure: (rounds) =>
    compareQuery(NAME, GROUP_BY, rounds, {
      untraced: { atMost: 1.01, times: 'bare' },
      traced: {
        lean: { atMost: 1.02, times: 'profiling' },
        'with reads': { atMost: 1.04, times: 'profiling' },
        everything: { atMost: 1.06, times: 'profiling' },
      },
    }),
};
