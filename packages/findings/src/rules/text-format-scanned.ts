import { count, percent } from '@planscope/internal/quantity';
import { defineRule, type Rule } from '../rule.ts';

const TEXT_FORMATS = /CSV|JSON/;

export const textFormatScanned: Rule = defineRule({
  code: 'text-format-scanned',
  title: 'Most of the work is to parse CSV or JSON',
  meaning: 'A scan of CSV or JSON took most of the compute time of its query.',
  advice: 'Convert the files to Parquet or a table once; a query then reads the columns that it needs, and no text.',
  thresholds: {
    share: { value: 0.5, unit: '1', reason: 'The rest of the query is then the smaller part.' },
    rows: {
      value: 100_000,
      unit: '{row}',
      reason:
        'Measured with DuckDB 1.5: a million rows of five columns take 0.2 s on one core, so that fewer cost less than 20 ms.',
    },
  },
  *check(view, { share: least, rows: fewest }) {
    for (const { query, operators } of view.plans) {
      for (const scan of operators) {
        const share = view.computeShare([scan.id]);
        if (scan.type !== 'TABLE_SCAN' || !TEXT_FORMATS.test(scan.name)) continue;
        if (scan.rows === undefined || scan.rows < fewest || share < least) continue;
        yield {
          queryId: query.id,
          operatorId: scan.id,
          explanation: `${scan.name} took ${percent(share)} of the compute time for ${count(scan.rows)} rows.`,
          evidence: [
            { name: 'share of the compute time', value: share, unit: '1', source: 'derived' },
            { name: 'rows', value: scan.rows, unit: '{row}', source: 'profile' },
          ],
          share,
          shareOf: 'compute',
        };
      }
    }
  },
});
