import { UNPUSHED_FILTER, type UnpushedFilter, unpushedFilter } from '@planscope/internal/checks/unpushed-filter';
import { count } from '@planscope/internal/quantity';
import { defineRule, type Rule } from '../rule.ts';

const ADVICE: Readonly<Record<UnpushedFilter['reason'], string>> = {
  'text-format': 'Keep the data as Parquet; CSV and JSON are read in full before they are filtered.',
  expression:
    'Keep what the condition computes as a column of its own; a scan applies a condition only if it is on one column and has no volatile function.',
};

export const filterNotPushedDown: Rule = defineRule({
  code: 'filter-not-pushed-down',
  title: 'A scan read rows that a filter dropped',
  meaning: 'A filter above a scan kept few of many rows, and the scan could not apply it while it read.',
  advice: ADVICE.expression,
  warnings: ['filter-not-pushed-down'],
  thresholds: {
    share: {
      value: UNPUSHED_FILTER.share,
      unit: '1',
      reason: 'A filter that keeps more than a tenth would spare the scan little.',
    },
    rows: {
      value: UNPUSHED_FILTER.rows,
      unit: '{row}',
      reason: 'A scan skips at least a row group, which has 122,880 rows by default.',
    },
  },
  *check(view, limits) {
    for (const { query, operators } of view.plans) {
      for (const filter of operators) {
        const found = unpushedFilter(filter, limits);
        if (found === undefined) continue;
        const { scan, kept, scanned, reason } = found;
        yield {
          queryId: query.id,
          operatorId: filter.id,
          explanation: `The filter kept ${count(kept)} of ${count(scanned)} rows that ${scan.name} returned.`,
          evidence: [
            { name: 'rows of the scan', value: scanned, unit: '{row}', source: 'profile' },
            { name: 'rows kept', value: kept, unit: '{row}', source: 'profile' },
          ],
          share: view.computeShare([filter.id, scan.id]),
          shareOf: 'compute',
          advice: ADVICE[reason],
        };
      }
    }
  },
});
