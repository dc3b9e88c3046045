import { LARGE_RESULT_ROWS } from '@planscope/internal/checks/large-result';
import { bytesText, count } from '@planscope/internal/quantity';
import { METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import { defineRule, type Rule } from '../rule.ts';
import { metricOf } from '../run-view.ts';

/** The warning of a live query says that the program held the rows at once, which other sources do not tell. */
const HELD = 'large-result-materialized';

export const largeResult: Rule = defineRule({
  code: 'large-result',
  title: 'The result is too large to hold at once',
  meaning:
    'A call held many rows in memory at once. Rows that a program streams are not reported. The share is that of the output in the rows that the query made.',
  advice: 'Read the rows with a stream, or aggregate, filter or limit them in the query.',
  warnings: [HELD],
  thresholds: {
    rows: {
      value: LARGE_RESULT_ROWS,
      unit: '{row}',
      reason: 'As JavaScript values, a million rows of ten columns take about 500 MB of the heap.',
    },
    bytes: {
      value: 1_000_000_000,
      unit: 'By',
      reason: 'As JavaScript values they take several times as much, and Node has a heap of 2 to 4 GB by default.',
    },
  },
  *check(view, { rows: mostRows, bytes: mostBytes }) {
    const { run } = view;
    const held = run.warnings.filter(({ code }) => code === HELD);
    for (const query of run.queries) {
      const isHeld = held.some(({ queryId }) => queryId === undefined || queryId === query.id);
      const rows = query.returnedRows ?? metricOf(query, METRIC_OUTPUT_ROWS)?.value ?? 0;
      const size = query.operatorId === undefined ? undefined : view.operator(query.operatorId).outputBytes;
      if (!isHeld || (rows < mostRows && (size ?? 0) < mostBytes)) continue;
      yield {
        queryId: query.id,
        explanation: `A call returned ${count(rows)} rows${size === undefined ? '' : ` (${bytesText(size)})`} at once.`,
        evidence: [
          { name: 'rows', value: rows, unit: '{row}', source: 'counted' },
          ...(size === undefined ? [] : [{ name: 'bytes', value: size, unit: 'By', source: 'counted' } as const]),
        ],
        share: 1,
        shareOf: 'bytes',
        severity: 'warning',
      };
    }
  },
});
