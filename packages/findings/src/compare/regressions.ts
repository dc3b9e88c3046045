import { compareNumbers, WORK_FACTOR } from '@planscope/internal/comparison/compare-numbers';
import { median } from '@planscope/internal/comparison/rank-test';
import { bytesText, count, durationText, percent } from '@planscope/internal/quantity';
import type { Run } from '@planscope/run-model';
import { groupSamples, type QuerySample, type SampleNumbers, samplesOf } from './query-sample.ts';

/** What counts as worse. */
export interface RegressionOptions {
  /**
   * Whether compute time and duration count. Default: true. Without them only counted work does: rows, bytes, requests,
   * which is the same on any machine.
   */
  readonly timings?: boolean;
  /** Factor from which a time counts as worse. Default: 1.25. */
  readonly timeFactor?: number;
  /** Factor from which counted work counts as worse. Default: 1.5. */
  readonly workFactor?: number;
  /** Least difference of compute time or duration, in ns. Default: 5 ms. */
  readonly leastTime?: number;
  /** The largest probability of chance. Default: 0.01, which needs at least five runs on each side. */
  readonly significance?: number;
}

/** One number before and after. */
export interface Comparison {
  readonly name: keyof SampleNumbers;
  /** UCUM unit. */
  readonly unit: string;
  /** Medians. */
  readonly before: number;
  readonly after: number;
  /** `after` divided by `before`; infinite if there was nothing before. */
  readonly factor: number;
  /** The factor is in this interval with 95%, by the bootstrap. */
  readonly interval: readonly [low: number, high: number];
  /** Probability that chance makes such an increase, by a rank test; exact for up to 8 runs on each side. */
  readonly chance: number;
}

/**
 * Why a query does more: `spill` to disk; `lost-pruning`, scans look at more rows for the same result; `more-data`, each
 * scan and the result grew alike; `more-rows`, operators pass on more rows than the data grew; `more-requests` for the
 * same work; `slower` at the same counted work, such as fewer threads, another machine, or a lock.
 */
export type RegressionCause = 'spill' | 'lost-pruning' | 'more-rows' | 'more-data' | 'more-requests' | 'slower';

/** A query that became worse. */
export interface Regression {
  /** Fingerprint of the SQL. */
  readonly query: string;
  readonly summary: string;
  readonly cause: RegressionCause;
  /** One sentence with the numbers of before and after. */
  readonly explanation: string;
  /** The number that shows it best. */
  readonly worst: Comparison;
  /** All numbers that both sides have. */
  readonly comparisons: readonly Comparison[];
  readonly runsBefore: number;
  readonly runsAfter: number;
  /** Whether the most frequent plan of the runs after is another one than before. */
  readonly planChanged: boolean;
  /** The operators whose rows or compute time grew most, with their table or files. */
  readonly operators: readonly OperatorChange[];
  /** 1 minus the probability of chance. */
  readonly confidence: number;
}

/** An operator, or several with the same name and source, before and after. Medians; 0 if the plan had none. */
export interface OperatorChange {
  readonly label: string;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly computeBefore: number;
  readonly computeAfter: number;
}

const UNITS: Readonly<Record<keyof SampleNumbers, string>> = {
  compute: 'ns',
  duration: 'ns',
  rows: '{row}',
  scannedRows: '{row}',
  outputRows: '{row}',
  bytesRead: 'By',
  readRequests: '{request}',
  spilledBytes: 'By',
};

/**
 * The queries that became worse, by medians over several runs, the largest factor first. A query is worse if its compute
 * time or duration grew, or if it does more counted work and its compute time did not shrink. Queries that failed, and
 * those that only one side has, are left out.
 *
 * @param before runs of the state to compare with, in any order
 * @param after runs of the new state
 */
export function regressions(
  before: Iterable<Run>,
  after: Iterable<Run>,
  options: RegressionOptions = {},
): Regression[] {
  return regressionsOfSamples([...before].flatMap(samplesOf), [...after].flatMap(samplesOf), options);
}

/** Like {@link regressions}, for samples, of which many more fit into memory. */
export function regressionsOfSamples(
  before: readonly QuerySample[],
  after: readonly QuerySample[],
  options: RegressionOptions = {},
): Regression[] {
  const old = groupSamples(before.filter(({ failed }) => !failed));
  const found = [...groupSamples(after.filter(({ failed }) => !failed))].flatMap(([key, samples]) => {
    const regression = regressionOf(old.get(key) ?? [], samples, options);
    return regression === undefined ? [] : [regression];
  });
  return found.sort((left, right) => right.worst.factor - left.worst.factor);
}

/** The numbers that both sides have, of samples of one query. */
export function comparisonsOf(before: readonly QuerySample[], after: readonly QuerySample[]): Comparison[] {
  return compareNumbers(UNITS, numbersIn(before), numbersIn(after)).comparisons;
}

/** How samples of one query became worse; undefined if they did not. */
export function regressionOf(
  before: readonly QuerySample[],
  after: readonly QuerySample[],
  options: RegressionOptions = {},
): Regression | undefined {
  const [sample] = after;
  if (sample === undefined || before.length === 0) return undefined;
  const { comparisons, worse } = compareNumbers(UNITS, numbersIn(before), numbersIn(after), options);
  if (worse.length === 0) return undefined;
  const work = worse.filter(({ unit }) => unit !== 'ns');
  const operators = operatorChanges(before, after);
  const cause = spillsNow(before, after) ? 'spill' : causeOf(comparisons, work);
  const worst = shownBest(cause, worse);
  return {
    query: sample.query,
    summary: sample.summary,
    cause,
    explanation: explain(cause, worst, operators[0], before.length, after.length),
    worst,
    comparisons,
    runsBefore: before.length,
    runsAfter: after.length,
    planChanged: usualPlan(before) !== usualPlan(after),
    operators,
    confidence: 1 - worst.chance,
  };
}

function numbersIn(samples: readonly QuerySample[]): SampleNumbers[] {
  return samples.map(({ numbers }) => numbers);
}

/** Of DuckDB 1.5, not each run tells what it spilled, so that one is enough where none did before. */
function spillsNow(before: readonly QuerySample[], after: readonly QuerySample[]): boolean {
  const [old, now] = [before, after].map((samples) => samples.flatMap(({ numbers }) => numbers.spilledBytes ?? []));
  return old?.length === before.length && old.every((bytes) => bytes === 0) && now?.some((bytes) => bytes > 0) === true;
}

function causeOf(comparisons: readonly Comparison[], work: readonly Comparison[]): RegressionCause {
  const factorOf = (name: keyof SampleNumbers): number => comparisons.find((one) => one.name === name)?.factor ?? 1;
  const grew = new Set(work.map(({ name }) => name));
  if (grew.has('spilledBytes')) return 'spill';
  const [rows, scanned, output] = [factorOf('rows'), factorOf('scannedRows'), factorOf('outputRows')];
  if (grew.has('rows')) {
    if (scanned >= WORK_FACTOR && rows <= WORK_FACTOR * scanned) {
      return output >= scanned / WORK_FACTOR && output > 1 ? 'more-data' : 'lost-pruning';
    }
    return 'more-rows';
  }
  if (grew.has('bytesRead')) return scanned >= WORK_FACTOR ? 'more-data' : 'lost-pruning';
  return grew.has('readRequests') ? 'more-requests' : 'slower';
}

const SHOWN: Readonly<Record<RegressionCause, readonly (keyof SampleNumbers)[]>> = {
  spill: ['spilledBytes'],
  'lost-pruning': ['scannedRows', 'rows', 'bytesRead'],
  'more-rows': ['rows'],
  'more-data': ['scannedRows', 'rows', 'bytesRead'],
  'more-requests': ['readRequests'],
  slower: ['compute', 'duration'],
};

function shownBest(cause: RegressionCause, worse: readonly Comparison[]): Comparison {
  const best = SHOWN[cause].flatMap((name) => worse.find((comparison) => comparison.name === name) ?? [])[0];
  const found = best ?? worse[0];
  if (found === undefined) throw new RangeError('[planscope/findings] a regression has no number that became worse');
  return found;
}

function operatorChanges(before: readonly QuerySample[], after: readonly QuerySample[]): OperatorChange[] {
  const labels = new Set([...before, ...after].flatMap(({ operators }) => operators.map(({ label }) => label)));
  const of = (samples: readonly QuerySample[], label: string, name: 'rows' | 'compute'): number =>
    median(samples.map(({ operators }) => operators.find((one) => one.label === label)?.[name] ?? 0));
  return [...labels]
    .map((label) => ({
      label,
      rowsBefore: of(before, label, 'rows'),
      rowsAfter: of(after, label, 'rows'),
      computeBefore: of(before, label, 'compute'),
      computeAfter: of(after, label, 'compute'),
    }))
    .sort((left, right) => growth(right) - growth(left));
}

function growth({ computeBefore, computeAfter }: OperatorChange): number {
  return computeAfter - computeBefore;
}

const CAUSES: Readonly<Record<RegressionCause, string>> = {
  spill: 'it spills to disk',
  'lost-pruning': 'its scans look at more rows for the same result',
  'more-rows': 'its operators pass on more rows',
  'more-data': 'there is more data',
  'more-requests': 'it needs more requests',
  slower: 'it does the same work in more time',
};

function explain(
  cause: RegressionCause,
  { name, before, after, factor, chance }: Comparison,
  operator: OperatorChange | undefined,
  runsBefore: number,
  runsAfter: number,
): string {
  const times = Number.isFinite(factor) ? `${factor.toFixed(factor < 10 ? 1 : 0)} times` : 'from none';
  const where =
    operator === undefined || growth(operator) <= 0
      ? ''
      : `; ${operator.label} took ${durationText(operator.computeAfter)} instead of ${durationText(operator.computeBefore)}`;
  return `${CAUSES[cause]}: ${LABELS[name]} ${quantity(name, before)} before, ${quantity(name, after)} after (${times}; medians of ${runsBefore} and ${runsAfter} runs, ${percent(chance)} by chance)${where}`;
}

const LABELS: Readonly<Record<keyof SampleNumbers, string>> = {
  compute: 'compute time',
  duration: 'duration',
  rows: 'rows passed on',
  scannedRows: 'rows looked at',
  outputRows: 'rows of the result',
  bytesRead: 'bytes read',
  readRequests: 'requests',
  spilledBytes: 'bytes on disk',
};

function quantity(name: keyof SampleNumbers, value: number): string {
  if (UNITS[name] === 'ns') return durationText(value);
  return UNITS[name] === 'By' ? bytesText(value) : count(value);
}

function usualPlan(samples: readonly QuerySample[]): string | undefined {
  const counts = new Map<string | undefined, number>();
  for (const { plan } of samples) counts.set(plan, (counts.get(plan) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left)[0]?.[0];
}
