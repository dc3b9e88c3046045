import { chanceOfIncrease, median, ratio, ratioInterval } from './rank-test.ts';

/** The numbers of one execution of a query, by name; absent if they were not measured. */
export type QueryNumbers<Name extends string> = Readonly<Partial<Record<Name, number>>>;

/** One number before and after. */
export interface NumberComparison<Name extends string> {
  readonly name: Name;
  /** UCUM unit. */
  readonly unit: string;
  /** Medians. */
  readonly before: number;
  readonly after: number;
  /** `after` divided by `before`; infinite if there was nothing before. */
  readonly factor: number;
  /** The factor is in this interval with 95%. */
  readonly interval: readonly [low: number, high: number];
  /** Probability that chance makes such an increase. */
  readonly chance: number;
}

/** What counts as worse; `RegressionOptions` of `@planscope/findings` explains it. */
export interface WorseOptions {
  readonly timings?: boolean;
  readonly timeFactor?: number;
  readonly workFactor?: number;
  readonly leastTime?: number;
  readonly significance?: number;
}

/** A machine that is shared moves medians of five runs by 10 to 20%. */
const TIME_FACTOR = 1.25;
/** Counted work is the same from run to run, but parallel scans with filters of joins can differ by some percent. */
export const WORK_FACTOR = 1.5;
const LEAST_TIME = 5_000_000;
/** With five runs on each side, the smallest probability is 1 / 252. */
const SIGNIFICANCE = 0.01;
/** Below these amounts, a factor says nothing. A number of work that is not here is not judged. */
const LEAST_WORK: Readonly<Record<string, number>> = {
  rows: 10_000,
  bytesRead: 1_000_000,
  readRequests: 20,
  spilledBytes: 1,
};

/** The fewest runs on each side with which a comparison can be sure to 1%. */
export const RUNS_TO_COMPARE = 5;

/**
 * Compares the executions of one query, number by number.
 *
 * @param units UCUM unit of each number; those in ns are times, the others counted work
 * @returns the numbers that both sides have, and those that became worse: none if the query does more counted work in
 *   less time
 */
export function compareNumbers<Name extends string>(
  units: Readonly<Record<Name, string>>,
  before: readonly QueryNumbers<Name>[],
  after: readonly QueryNumbers<Name>[],
  options: WorseOptions = {},
): { readonly comparisons: NumberComparison<Name>[]; readonly worse: NumberComparison<Name>[] } {
  const comparisons = (Object.keys(units) as Name[]).flatMap((name) => comparisonOf(name, units[name], before, after));
  const worse = comparisons.filter((comparison) => isWorse(comparison, options));
  const compute = comparisons.find(({ name }) => name === 'compute');
  const isFaster = options.timings !== false && compute !== undefined && compute.interval[1] < 1 / TIME_FACTOR;
  const isRegression = worse.some(({ unit }) => unit === 'ns') || !isFaster;
  return { comparisons, worse: isRegression ? worse : [] };
}

function comparisonOf<Name extends string>(
  name: Name,
  unit: string,
  before: readonly QueryNumbers<Name>[],
  after: readonly QueryNumbers<Name>[],
): NumberComparison<Name>[] {
  const [old, now] = [before, after].map((all) => all.flatMap((numbers) => numbers[name] ?? []));
  if (old === undefined || now === undefined || old.length === 0 || now.length === 0) return [];
  const [first, second] = [median(old), median(now)];
  return [
    {
      name,
      unit,
      before: first,
      after: second,
      factor: ratio(first, second),
      interval: ratioInterval(old, now),
      chance: chanceOfIncrease(old, now),
    },
  ];
}

function isWorse(comparison: NumberComparison<string>, options: WorseOptions): boolean {
  const { name, unit, before, after, factor, chance } = comparison;
  const { timings = true, timeFactor = TIME_FACTOR, workFactor = WORK_FACTOR } = options;
  const { leastTime = LEAST_TIME, significance = SIGNIFICANCE } = options;
  if (chance > significance) return false;
  if (unit === 'ns') return timings && factor >= timeFactor && after - before >= leastTime;
  const least = LEAST_WORK[name];
  return least !== undefined && factor >= workFactor && after - before >= least;
}
