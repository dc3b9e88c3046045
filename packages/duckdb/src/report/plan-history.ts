import { RUNS_TO_COMPARE } from '@planscope/internal/comparison/compare-numbers';
import { planFingerprint, type ShapedOperator } from '@planscope/internal/plan-fingerprint';
import { queryFingerprint } from '@planscope/internal/query-fingerprint';
import type { EngineReport, OperatorReport } from '@planscope/plan';
import { FIELD_TABLE } from '@planscope/semconv';
import { comparePlans, type PlanComparison, type PlanNumbers, planNumbers } from './plan-numbers.ts';

/** The fingerprints of one execution, and what it tells about the plan that its SQL had before. */
export interface PlanObservation {
  readonly query: string;
  readonly plan: string;
  /** The plan of the last execution, if it was another one. */
  readonly changedFrom?: PlanRuns;
  /** The plan before and the one since, once both have run often enough to compare them. */
  readonly compared?: PlanComparison & { readonly before: PlanRuns; readonly after: PlanRuns };
}

/** A plan in which a query ran several times in a row. */
export interface PlanRuns {
  readonly plan: string;
  /** End of its last run, in milliseconds since the Unix epoch. */
  readonly seen: number;
  readonly runs: number;
  /** The numbers of its last runs that did not fail, at most {@link RUNS_TO_COMPARE}. */
  readonly numbers: readonly PlanNumbers[];
}

/** The plan of a query. */
interface KnownPlan extends PlanRuns {
  /** The plan before it, until both are compared. */
  readonly before: PlanRuns | undefined;
}

/** Where a query ran, by the numbers of {@link PlanHistory.numberOf}. */
export interface QueryOrigin {
  /** Undefined if the instance is unknown. */
  readonly instance?: number;
  readonly connection: number;
}

/** Programs have some hundred different statements; an entry takes about 1 kB. */
const MAX_QUERIES = 1000;

/** The last plan of each query, of the queries that ran last. */
export class PlanHistory {
  readonly #maxQueries: number;
  readonly #plans = new Map<string, KnownPlan>();
  readonly #numbers = new WeakMap<object, number>();
  #last = 0;

  constructor(maxQueries: number = MAX_QUERIES) {
    this.#maxQueries = maxQueries;
  }

  get size(): number {
    return this.#plans.size;
  }

  /**
   * Records the plan of an execution. Queries with one text are told apart by the database and the tables that they
   * read, because a program may run it on several databases.
   *
   * @param ran where it ran; undefined if that is known by the names of its tables alone
   * @returns undefined without a text or operators
   */
  observe(report: EngineReport, ran?: QueryOrigin): PlanObservation | undefined {
    const { query, operators = [] } = report;
    if (query === undefined || operators.length === 0) return undefined;
    const shapes = operators.flatMap((root) => [...shapesOf(root)]);
    const observed = { query: queryFingerprint(query.text), plan: planFingerprint(shapes) };
    const tables = tablesOf(shapes);
    const key = JSON.stringify([observed.query, databaseOf(tables, ran), tables]);
    const seen = Number(BigInt(report.window.end) / 1_000_000n);
    const known = this.#plans.get(key);
    const isSame = known?.plan === observed.plan;
    const numbers = planNumbers(report);
    const current: KnownPlan = {
      plan: observed.plan,
      seen,
      runs: isSame ? known.runs + 1 : 1,
      numbers: [...(isSame ? known.numbers : []), ...(numbers === undefined ? [] : [numbers])].slice(-RUNS_TO_COMPARE),
      before: isSame ? known.before : plainRuns(known),
    };
    const compared = compareWithBefore(current);
    this.#plans.delete(key);
    this.#plans.set(key, compared === undefined ? current : { ...current, before: undefined });
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > this.#maxQueries && oldest !== undefined) this.#plans.delete(oldest);
    return {
      ...observed,
      ...(known === undefined || isSame ? {} : { changedFrom: known }),
      ...(compared === undefined ? {} : { compared }),
    };
  }

  /** A number that stands for an instance or a connection, and does not keep it from being collected. */
  numberOf(object: object): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#numbers.set(object, this.#last);
    return this.#last;
  }
}

/** Without the plan before it: a chain of plans would never be collected. */
function plainRuns(known: KnownPlan | undefined): PlanRuns | undefined {
  if (known === undefined) return undefined;
  const { before: _, ...runs } = known;
  return runs;
}

/** Compares once, as soon as both plans have enough runs: a test that is repeated finds a regression by chance. */
function compareWithBefore(after: KnownPlan): PlanObservation['compared'] {
  const { before } = after;
  if (before === undefined || before.numbers.length < RUNS_TO_COMPARE || after.numbers.length < RUNS_TO_COMPARE) {
    return undefined;
  }
  const comparison = comparePlans(before.numbers, after.numbers);
  return comparison === undefined ? undefined : { ...comparison, before, after };
}

function* shapesOf({ id, name, fields = [], children = [] }: OperatorReport): Generator<ShapedOperator> {
  yield { id, name, fields, inputIds: children.map((child) => child.id), inputStageIds: [] };
  for (const child of children) yield* shapesOf(child);
}

/**
 * What the names of the tables do not tell. The database of a file has its name, but every database in memory has the
 * same; without the instance, only one connection is surely the same database.
 */
function databaseOf(tables: readonly string[], ran: QueryOrigin | undefined): string {
  if (ran?.instance !== undefined) return `instance ${ran.instance}`;
  const isInMemory = tables.some((table) => /^(?:memory|temp)\./.test(table));
  return isInMemory && ran !== undefined ? `connection ${ran.connection}` : '';
}

function tablesOf(operators: readonly ShapedOperator[]): string[] {
  const fields = operators.flatMap((operator) => operator.fields.filter(({ key }) => key === FIELD_TABLE));
  return [...new Set(fields.map(({ text }) => String(text)))].sort();
}

// Shared, because one process may load this package twice, as ESM and as CommonJS.
const registry = Symbol.for('planscope.duckdb.plan-history.3');
const holder = globalThis as { [registry]?: PlanHistory };

/** The plans of the queries of this process. */
export function processPlans(): PlanHistory {
  holder[registry] ??= new PlanHistory();
  return holder[registry];
}
