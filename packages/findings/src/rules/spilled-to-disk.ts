import { METRIC_LEAST_SPILLED_BYTES } from '@planscope/internal/checks/duckdb-keys';
import { bytesText } from '@planscope/internal/quantity';
import { defineRule, type Rule } from '../rule.ts';
import { metricOf } from '../run-view.ts';

/** Operators that hold rows and can write them to disk. */
const HOLDS_ROWS: ReadonlySet<string> = new Set(['join', 'aggregate', 'sort', 'window']);

export const spilledToDisk: Rule = defineRule({
  code: 'spilled-to-disk',
  title: 'Memory ran out and data went to disk',
  meaning:
    'An engine wrote intermediate data to disk. DuckDB 1.5 counts the temporary folder of the whole instance, so that it is known only of a query during which the folder grew and no other query ran. The share is that of the operators that hold rows.',
  advice: 'Raise `memory_limit`, select fewer columns, or filter and aggregate before the sort, join or window.',
  warnings: ['spilled-to-disk'],
  thresholds: {
    bytes: { value: 1, unit: 'By', reason: 'A query that fits into memory writes nothing, so that each byte counts.' },
  },
  *check(view, { bytes: least }) {
    for (const { query, operators } of view.plans) {
      const own = operators.map(({ id }) => view.operator(id));
      const spilled = own.reduce((sum, { spilledBytes = 0 }) => sum + spilledBytes, 0);
      const value = spilled > 0 ? spilled : (metricOf(query, METRIC_LEAST_SPILLED_BYTES)?.value ?? 0);
      if (value < least) continue;
      const holding = own.filter(({ kind }) => HOLDS_ROWS.has(kind));
      const guilty = holding.toSorted((left, right) => (right.compute ?? 0) - (left.compute ?? 0));
      const [largest] = own.some(({ spilledBytes = 0 }) => spilledBytes > 0)
        ? own.toSorted((left, right) => (right.spilledBytes ?? 0) - (left.spilledBytes ?? 0))
        : guilty;
      const share = view.computeShare(holding.map(({ id }) => id));
      yield {
        queryId: query.id,
        operatorId: largest?.id,
        explanation: `The query put ${spilled > 0 ? '' : 'at least '}${bytesText(value)} on disk; ${largest?.name ?? 'an operator'} held most of the rows.`,
        evidence: [{ name: 'spilled bytes', value, unit: 'By', source: 'profile' }],
        share,
        shareOf: 'compute',
        severity: share >= 0.5 ? 'critical' : 'warning',
      };
    }
  },
});
