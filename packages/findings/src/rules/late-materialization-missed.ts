import { ATTR_DUCKDB_RESULT_SET_SIZE } from '@planscope/internal/checks/duckdb-keys';
import { isOwnJoin } from '@planscope/internal/checks/misestimates';
import { bytesText, count } from '@planscope/internal/quantity';
import { FIELD_ORDER_BY, FIELD_PROJECTIONS, FIELD_TABLE } from '@planscope/semconv';
import { defineRule, type Rule } from '../rule.ts';
import type { PlanOperator } from '../run-view.ts';

const PASSES_ROWS: ReadonlySet<string> = new Set(['PROJECTION', 'FILTER']);

export const lateMaterializationMissed: Rule = defineRule({
  code: 'late-materialization-missed',
  title: 'All columns were read for rows that a top-n dropped',
  meaning:
    'A top-n kept few rows of a table from which all columns of all rows were read. Scans of files are left out: in Parquet, rows that are spread over all row groups cost as much to fetch as to read. DuckDB reads the sort columns first and fetches the others by row number only if the limit is at most `late_materialization_max_rows`.',
  advice:
    'Raise `late_materialization_max_rows` above the limit, or select the keys of the rows in a subquery and join the other columns to them.',
  thresholds: {
    kept: {
      value: 0.01,
      unit: '1',
      reason: 'With more rows, nearly all row groups have some to fetch, and with them their columns.',
    },
    rows: {
      value: 500_000,
      unit: '{row}',
      reason: 'Less than five row groups of 122,880 rows are read in milliseconds.',
    },
    columns: {
      value: 3,
      unit: '{column}',
      reason: 'The second access to the rows has to spare at least some columns.',
    },
  },
  *check(view, { kept, rows, columns }) {
    for (const { query, operators } of view.plans) {
      for (const top of operators) {
        const scan = top.type === 'TOP_N' ? scanBelow(top) : undefined;
        if (scan?.rows === undefined || view.field(scan.id, FIELD_TABLE).length === 0) continue;
        if (top.rows === undefined || scan.rows < rows) continue;
        const read = view.field(scan.id, FIELD_PROJECTIONS).length;
        const sorted = view.field(top.id, FIELD_ORDER_BY).length;
        if (top.rows > kept * scan.rows || read - sorted < columns) continue;
        const consumers = view
          .above(top.id)
          .map(({ id, name }) => ({ id, name, joinConditions: view.field(id, 'join_keys') }));
        if (consumers.some(isOwnJoin)) continue;
        const size = view.operator(scan.id).details[ATTR_DUCKDB_RESULT_SET_SIZE];
        yield {
          queryId: query.id,
          operatorId: scan.id,
          explanation: `${scan.name} read ${read} columns of ${count(scan.rows)} rows${typeof size === 'number' ? ` (${bytesText(size)})` : ''}, and ${top.name} kept ${count(top.rows)} rows by ${sorted}.`,
          evidence: [
            { name: 'rows of the scan', value: scan.rows, unit: '{row}', source: 'profile' },
            { name: 'rows kept', value: top.rows, unit: '{row}', source: 'profile' },
            { name: 'columns read', value: read, unit: '{column}', source: 'profile' },
            { name: 'columns sorted by', value: sorted, unit: '{column}', source: 'profile' },
          ],
          share: view.computeShare([scan.id, top.id]),
          shareOf: 'compute',
        };
      }
    }
  },
});

function scanBelow({ children: [below] }: PlanOperator): PlanOperator | undefined {
  if (below === undefined) return undefined;
  if (PASSES_ROWS.has(below.type)) return scanBelow(below);
  return below.type === 'TABLE_SCAN' ? below : undefined;
}
