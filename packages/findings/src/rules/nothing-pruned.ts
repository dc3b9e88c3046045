import { count } from '@planscope/internal/quantity';
import type { Operator } from '@planscope/run-model';
import { FIELD_FILTER, FIELD_TABLE, METRIC_ROW_GROUPS_PRUNED, METRIC_ROW_GROUPS_SCANNED } from '@planscope/semconv';
import type { Evidence } from '../finding.ts';
import { defineRule, type Rule } from '../rule.ts';
import { lookedAt, metricOf, type PlanOperator, type QueryPlan, type RunView } from '../run-view.ts';

/** A comparison with a value, or a list of them, which the least and greatest value of a row group can decide. */
const COMPARES = /(?<![<>!])=|<(?!>)|(?<!<)>|\bIN\s*\(|\bBETWEEN\b/;
/** DuckDB marks a filter that it may ignore, such as one for a list of values or one that a top-n sets. */
const OPTIONAL = /optional:|dynamic filter/i;

interface Scan {
  /** Rows that the scan looked at; a guess for files. */
  readonly scanned: number;
  readonly explanation: string;
  readonly evidence: readonly Evidence[];
}

export const nothingPruned: Rule = defineRule({
  code: 'nothing-pruned',
  title: 'A selective filter skipped no row groups',
  meaning:
    'A scan applied a filter that compares a column with values and kept few rows, but it had to look at nearly all row groups, because matching rows are in each of them. Scans that a join filters while they run are left out, since their rows do not tell what the condition of the query kept.',
  advice:
    'Sort the data by the column of the filter when you write it (`ORDER BY` in `CREATE TABLE AS` or `COPY`), or partition the files by it.',
  thresholds: {
    kept: {
      value: 0.05,
      unit: '1',
      reason:
        'In sorted data a filter reads about the share of row groups that it keeps, so that at most a twentieth of the scan would remain.',
    },
    rows: {
      value: 1_000_000,
      unit: '{row}',
      reason: 'Fewer than eight row groups of 122,880 rows leave little to skip.',
    },
    rowGroupRows: {
      value: 122_880,
      unit: '{row}',
      reason:
        'A trace has the number of row groups of Parquet files and not of their rows. This is the default of DuckDB; Spark and Arrow write larger ones.',
    },
    estimatedShare: {
      value: 0.2,
      unit: '1',
      reason:
        'The second opinion on the rows of a file: without statistics of values, DuckDB estimates that a filter keeps a fifth (`DEFAULT_SELECTIVITY`). The smaller of both numbers counts.',
    },
  },
  *check(view, { kept, rows, rowGroupRows, estimatedShare }) {
    const guess = { rowGroupRows, estimatedShare };
    for (const plan of view.plans) {
      for (const scan of plan.operators) {
        const result = scan.rows;
        if (scan.type !== 'TABLE_SCAN' || result === undefined || scan.hasDynamicFilter || !couldPrune(view, scan))
          continue;
        const looked = tableScan(view, scan) ?? parquetScan(view, plan, scan, guess);
        if (looked === undefined || looked.scanned < rows || result > kept * looked.scanned) continue;
        yield {
          queryId: plan.query.id,
          operatorId: scan.id,
          explanation: `${scan.name} ${looked.explanation} and returned ${count(result)} rows.`,
          evidence: [{ name: 'rows', value: result, unit: '{row}', source: 'profile' }, ...looked.evidence],
          share: view.computeShare([scan.id]),
          shareOf: 'compute',
        };
      }
    }
  },
});

function couldPrune(view: RunView, { id }: PlanOperator): boolean {
  return view.field(id, FIELD_FILTER).some((filter) => COMPARES.test(filter) && !OPTIONAL.test(filter));
}

function tableScan(view: RunView, scan: PlanOperator): Scan | undefined {
  const scanned = lookedAt(view, scan);
  if (scanned === undefined) return undefined;
  return {
    scanned,
    explanation: `looked at ${count(scanned)} rows`,
    evidence: [{ name: 'rows looked at', value: scanned, unit: '{row}', source: 'profile' }],
  };
}

function parquetScan(view: RunView, plan: QueryPlan, scan: PlanOperator, guess: Guess): Scan | undefined {
  const groups = rowGroups(view.operator(scan.id)) ?? rowGroupsOfQuery(view, plan);
  if (groups === undefined || groups.pruned > 0.1 * (groups.scanned + groups.pruned)) return undefined;
  const { estimatedRows = Number.POSITIVE_INFINITY } = scan;
  return {
    scanned: Math.min(groups.scanned * guess.rowGroupRows, estimatedRows / guess.estimatedShare),
    explanation: `read ${count(groups.scanned)} row groups, skipped ${count(groups.pruned)}`,
    evidence: [
      { name: 'row groups read', value: groups.scanned, unit: '{row_group}', source: 'io_log' },
      { name: 'row groups skipped', value: groups.pruned, unit: '{row_group}', source: 'io_log' },
    ],
  };
}

interface Guess {
  readonly rowGroupRows: number;
  readonly estimatedShare: number;
}

interface RowGroups {
  readonly scanned: number;
  readonly pruned: number;
}

function rowGroups(of: Operator | QueryPlan['query']): RowGroups | undefined {
  const scanned = metricOf(of, METRIC_ROW_GROUPS_SCANNED)?.value;
  return scanned === undefined ? undefined : { scanned, pruned: metricOf(of, METRIC_ROW_GROUPS_PRUNED)?.value ?? 0 };
}

/** The numbers of the query are those of its only scan of files. */
function rowGroupsOfQuery(view: RunView, { query, operators }: QueryPlan): RowGroups | undefined {
  const scans = operators.filter(({ id, readsData }) => readsData && view.field(id, FIELD_TABLE).length === 0);
  return scans.length === 1 ? rowGroups(query) : undefined;
}
