import type { Nanoseconds, Run } from '@planscope/run-model';
import { spreadOf } from './durations.ts';

/** What runs are grouped by: the text of the query, the plan, the name, or a field of the program. */
export type Grouping = 'query' | 'plan' | 'name' | { readonly field: string };

/** What groups are ordered by. */
export const TOP_ORDERS = ['compute', 'time', 'bytes', 'runs', 'errors'] as const;
export type TopOrder = (typeof TOP_ORDERS)[number];

/** The runs of one group, added up. */
export interface TopGroup {
  readonly key: string;
  /** Name of its first run. */
  readonly name: string;
  /** Id of its slowest run. */
  readonly slowestRun: string;
  readonly runs: number;
  readonly errors: number;
  /** Sum of durations in ns. */
  readonly time: Nanoseconds;
  /** In ns; of the last 1,000 runs. */
  readonly median: Nanoseconds;
  readonly nearlyMost: Nanoseconds;
  readonly most: Nanoseconds;
  /** Sum of compute time in ns; absent if no run told it. */
  readonly compute?: number;
  /** Sum of bytes read; absent if no run told it. */
  readonly bytes?: number;
  /** Number of different executed plans. */
  readonly plans: number;
}

/** The most groups that are kept; runs of further groups are added up in one. */
const MAX_GROUPS = 10_000;
/** The most durations of a group that are kept for its median. */
const MAX_DURATIONS = 1000;
const MAX_PLANS = 100;
const OTHERS = '(other queries)';

interface Sums {
  name: string;
  slowestRun: string;
  runs: number;
  errors: number;
  time: number;
  most: number;
  compute: number | undefined;
  bytes: number | undefined;
  readonly durations: number[];
  readonly plans: Set<string>;
}

/** Adds up runs by group, in bounded memory. */
export class Top {
  readonly #grouping: Grouping;
  readonly #groups = new Map<string, Sums>();

  constructor(grouping: Grouping) {
    this.#grouping = grouping;
  }

  add(run: Run): void {
    const found = keyOf(run, this.#grouping);
    const key = this.#groups.has(found) || this.#groups.size < MAX_GROUPS ? found : OTHERS;
    const sums = this.#groups.get(key) ?? startSums(key === OTHERS ? OTHERS : run.name);
    this.#groups.set(key, sums);
    const { duration = 0, status, totals, identity } = run;
    sums.runs += 1;
    if (status === 'error') sums.errors += 1;
    sums.time += duration;
    if (duration >= sums.most) {
      sums.most = duration;
      sums.slowestRun = run.id;
    }
    sums.durations[(sums.runs - 1) % MAX_DURATIONS] = duration;
    sums.compute = plus(sums.compute, totals.compute?.value);
    sums.bytes = plus(sums.bytes, totals.bytesRead?.value);
    const plan = identity.executedPlanFingerprint;
    if (plan !== undefined && sums.plans.size < MAX_PLANS) sums.plans.add(plan);
  }

  /** The groups, the largest first. */
  groups(order: TopOrder): TopGroup[] {
    const all = [...this.#groups].map(([key, { durations, plans, compute, bytes, ...sums }]): TopGroup => {
      const { median, nearlyMost } = spreadOf(durations);
      return {
        key,
        ...sums,
        median,
        nearlyMost,
        ...(compute === undefined ? {} : { compute }),
        ...(bytes === undefined ? {} : { bytes }),
        plans: plans.size,
      };
    });
    return all.sort((one, other) => (other[order] ?? 0) - (one[order] ?? 0));
  }
}

function startSums(name: string): Sums {
  return {
    name,
    slowestRun: '',
    runs: 0,
    errors: 0,
    time: 0,
    most: 0,
    compute: undefined,
    bytes: undefined,
    durations: [],
    plans: new Set(),
  };
}

function keyOf({ name, queries, identity, fields }: Run, grouping: Grouping): string {
  if (typeof grouping === 'object') return String(fields[grouping.field] ?? `(no ${grouping.field})`);
  if (grouping === 'name') return name;
  if (grouping === 'plan') return identity.executedPlanFingerprint ?? identity.planFingerprint ?? '(no plan)';
  // The literals of the text are redacted, so that runs with different values have one text.
  return identity.specHash ?? queries[0]?.text ?? name;
}

function plus(sum: number | undefined, value: number | undefined): number | undefined {
  return value === undefined ? sum : (sum ?? 0) + value;
}
