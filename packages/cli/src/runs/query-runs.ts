import { type QuerySample, samplesOf } from '@planscope/findings';
import { count } from '@planscope/internal/quantity';
import type { Operator, Run } from '@planscope/run-model';
import { type Durations, spreadOf } from './durations.ts';

/** The most runs of a query that are compared, and the most queries. */
const MAX_RUNS = 100;
const MAX_QUERIES = 1000;

/** The runs of one query: numbers of the last ones, and the operators of one that is near the median. */
export class QueryRuns {
  readonly #durations: number[] = [];
  readonly #samples: (readonly QuerySample[])[] = [];
  #shown: Pick<Run, 'name' | 'operators' | 'duration'>;
  #added = 0;

  constructor(first: Run) {
    this.#shown = shownOf(first);
    this.add(first);
  }

  add(run: Run): void {
    const place = this.#added % MAX_RUNS;
    this.#added += 1;
    this.#durations[place] = run.duration ?? 0;
    this.#samples[place] = samplesOf(run);
    const { median } = this.durations;
    const distance = ({ duration = 0 }: Pick<Run, 'duration'>): number => Math.abs(duration - median);
    if (distance(run) < distance(this.#shown)) this.#shown = shownOf(run);
  }

  /** Runs that are compared, the last ones. */
  get count(): number {
    return this.#durations.length;
  }

  /** Earlier runs that are left out. */
  get leftOut(): number {
    return this.#added - this.count;
  }

  get durations(): Durations {
    return spreadOf(this.#durations);
  }

  get samples(): readonly QuerySample[] {
    return this.#samples.flat();
  }

  /** Name of the run whose operators are shown. */
  get name(): string {
    return this.#shown.name;
  }

  /** Operators of a run whose duration is near the median. */
  get operators(): readonly Operator[] {
    return this.#shown.operators;
  }
}

/** The runs of a file by query, in bounded memory. */
export class RunsByQuery {
  readonly #queries = new Map<string, QueryRuns>();
  #leftOut = 0;

  /** @param isWanted whether a query is compared; others are passed over */
  add(run: Run, isWanted: (key: string) => boolean = () => true): void {
    const key = run.identity.specHash ?? run.queries[0]?.text ?? run.name;
    const known = this.#queries.get(key);
    if (known !== undefined) known.add(run);
    // Even of those that are not wanted two are kept, which tell a file with one query from others.
    else if (!isWanted(key) && this.#queries.size >= 2) return;
    else if (this.#queries.size < MAX_QUERIES) this.#queries.set(key, new QueryRuns(run));
    else this.#leftOut += 1;
  }

  get queries(): ReadonlyMap<string, QueryRuns> {
    return this.#queries;
  }

  /** The runs that found no room, for a person; undefined if all did. */
  get leftOut(): string | undefined {
    const earlier = [...this.#queries.values()].reduce((sum, runs) => sum + runs.leftOut, 0);
    const parts = [
      ...(this.#leftOut === 0 ? [] : [`${count(this.#leftOut)} runs of queries after the first ${count(MAX_QUERIES)}`]),
      ...(earlier === 0 ? [] : [`${count(earlier)} runs of queries that ran more than ${count(MAX_RUNS)} times`]),
    ];
    return parts.length === 0 ? undefined : parts.join(', and ');
  }
}

function shownOf({ name, operators, duration }: Run): Pick<Run, 'name' | 'operators' | 'duration'> {
  return { name, operators, ...(duration === undefined ? {} : { duration }) };
}
