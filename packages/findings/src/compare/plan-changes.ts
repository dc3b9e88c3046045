import { median } from '@planscope/internal/comparison/rank-test';
import type { Run } from '@planscope/run-model';
import { groupSamples, type QuerySample, samplesOf } from './query-sample.ts';

/** The runs of one query with one plan, in a row. */
export interface PlanPeriod {
  /** Fingerprint of the executed plan. */
  readonly plan: string;
  readonly runs: number;
  /** Start of the first and of the last run, in ns since the Unix epoch; absent if the source has no time of day. */
  readonly first?: string;
  readonly last?: string;
  /** Medians over its runs in ns; absent if they were not measured. */
  readonly compute?: number;
  readonly duration?: number;
}

/** The same SQL got another plan. */
export interface PlanChange {
  /** Fingerprint of the SQL. */
  readonly query: string;
  /** Low-cardinality summary of the query, for example `SELECT flights airports`. */
  readonly summary: string;
  readonly before: PlanPeriod;
  readonly after: PlanPeriod;
  /** For example `plan changed since 2026-11-29T10:15:00.000Z: 12 runs of 5.1 ms before, 3 runs of 80.2 ms after`. */
  readonly message: string;
}

/**
 * Where the plan of a query changed from one run to the next, in order of time. Queries with the same SQL over other
 * tables are other queries. Failed runs and runs without a plan are left out.
 *
 * @param runs in any order; those without a time of day keep the given order
 */
export function planChanges(runs: Iterable<Run>): PlanChange[] {
  const samples = [...runs].flatMap(samplesOf).filter(({ failed, plan }) => !failed && plan !== undefined);
  const changes = [...groupSamples(samples).values()].flatMap((group) => {
    const periods = periodsOf(group.toSorted(byStart));
    return periods.slice(1).map((after, index): readonly [QuerySample, PlanChange] => {
      return [after[0], changeOf(periods[index] ?? after, after)];
    });
  });
  return changes.sort(([left], [right]) => byStart(left, right)).map(([, change]) => change);
}

/** The samples of one query with one plan, in order of time. */
export type Samples = [QuerySample, ...QuerySample[]];

/** The change from one plan to another. */
export function changeOf(previous: Samples, following: Samples): PlanChange {
  const [{ query, summary }] = following;
  const parts = { before: periodOf(previous), after: periodOf(following) };
  return { query, summary, ...parts, message: messageOf(parts) };
}

function periodsOf(samples: readonly QuerySample[]): Samples[] {
  const periods: Samples[] = [];
  for (const sample of samples) {
    const current = periods.at(-1);
    if (current?.[0].plan === sample.plan && current !== undefined) current.push(sample);
    else periods.push([sample]);
  }
  return periods;
}

function periodOf(samples: Samples): PlanPeriod {
  const [first] = samples;
  const last = samples.at(-1);
  const compute = samples.flatMap(({ numbers }) => numbers.compute ?? []);
  const duration = samples.flatMap(({ numbers }) => numbers.duration ?? []);
  return {
    plan: first.plan ?? '',
    runs: samples.length,
    ...(first.start === undefined ? {} : { first: first.start.toString() }),
    ...(last?.start === undefined ? {} : { last: last.start.toString() }),
    ...(compute.length === 0 ? {} : { compute: median(compute) }),
    ...(duration.length === 0 ? {} : { duration: median(duration) }),
  };
}

function messageOf({ before, after }: Pick<PlanChange, 'before' | 'after'>): string {
  const time =
    before.last === undefined ? '' : ` since ${new Date(Number(BigInt(before.last) / 1_000_000n)).toISOString()}`;
  return `plan changed${time}: ${describe(before)} before, ${describe(after)} after`;
}

function describe({ runs, compute, duration }: PlanPeriod): string {
  const value = duration ?? compute;
  return `${runs} ${runs === 1 ? 'run' : 'runs'}${value === undefined ? '' : ` of ${(value / 1e6).toFixed(1)} ms`}`;
}

function byStart(left: QuerySample, right: QuerySample): number {
  if (left.start === undefined || right.start === undefined) return 0;
  return left.start < right.start ? -1 : left.start > right.start ? 1 : 0;
}
