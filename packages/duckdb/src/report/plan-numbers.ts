import {
  compareNumbers,
  type NumberComparison,
  type QueryNumbers,
} from '@planscope/internal/comparison/compare-numbers';
import { median } from '@planscope/internal/comparison/rank-test';
import type { EngineReport, MetricReport, OperatorReport } from '@planscope/plan';
import { FIELD_TABLE, METRIC_ELAPSED_COMPUTE, METRIC_OUTPUT_ROWS } from '@planscope/semconv';
import { ATTR_DUCKDB_ROWS_SCANNED } from '../semconv.ts';

/** UCUM unit of each number that is kept of an execution. */
const UNITS = { compute: 'ns', duration: 'ns', rows: '{row}' } as const;

/**
 * The numbers of one execution: compute time of all operators, duration, and rows that operators passed on and scans of
 * tables looked at.
 */
export type PlanNumbers = QueryNumbers<keyof typeof UNITS>;

/** The executions of a plan, compared with those of the plan before. */
export interface PlanComparison {
  readonly regressed: boolean;
  /** The number that shows a regression best, else compute time. */
  readonly shown: NumberComparison<keyof typeof UNITS>;
}

/** The numbers of an execution; undefined if it failed, or was measured before its end. */
export function planNumbers({ status, partial, operators = [], window }: EngineReport): PlanNumbers | undefined {
  if (status !== 'ok' || partial === true) return undefined;
  let [compute, rows] = [0, 0];
  for (const operator of allOperators(operators)) {
    const output = metricOf(operator.metrics, METRIC_OUTPUT_ROWS);
    compute += metricOf(operator.metrics, METRIC_ELAPSED_COMPUTE);
    rows += output;
    if (operator.fields?.some(({ key }) => key === FIELD_TABLE)) {
      rows += Number(operator.attributes?.[ATTR_DUCKDB_ROWS_SCANNED] ?? output);
    }
  }
  const duration = Number(BigInt(window.end) - BigInt(window.start));
  return { compute, duration, rows };
}

function* allOperators(roots: readonly OperatorReport[]): Generator<OperatorReport> {
  const left = [...roots];
  for (let operator = left.pop(); operator !== undefined; operator = left.pop()) {
    yield operator;
    left.push(...(operator.children ?? []));
  }
}

function metricOf(metrics: readonly MetricReport[], wanted: string): number {
  return Number(metrics.find(({ name }) => name === wanted)?.value ?? 0);
}

/** The median of each number. */
export function mediansOf(runs: readonly PlanNumbers[]): PlanNumbers {
  const names = Object.keys(UNITS) as (keyof typeof UNITS)[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = runs.flatMap((numbers) => numbers[name] ?? []);
      return values.length === 0 ? [] : [[name, Math.round(median(values))]];
    }),
  );
}

/** Compares the executions of two plans with the statistics and the thresholds of `regressions` of `@planscope/findings`. */
export function comparePlans(
  before: readonly PlanNumbers[],
  after: readonly PlanNumbers[],
): PlanComparison | undefined {
  const { comparisons, worse } = compareNumbers(UNITS, before, after);
  const [shown] = [...worse, ...comparisons];
  return shown === undefined ? undefined : { regressed: worse.length > 0, shown };
}
