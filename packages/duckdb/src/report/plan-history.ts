import { planFingerprint, type ShapedOperator } from '@planscope/internal/plan-fingerprint';
import { queryFingerprint } from '@planscope/internal/query-fingerprint';
import type { EngineReport, OperatorReport } from '@planscope/plan';
import { FIELD_TABLE } from '@planscope/semconv';

/** The fingerprints of one execution, and the plan that its SQL had before, if it was another one. */
export interface PlanObservation {
  readonly query: string;
  readonly plan: string;
  readonly changedFrom?: PreviousPlan;
}

/** A plan in which a query ran several times in a row. */
export interface PreviousPlan {
  readonly plan: string;
  /** End of its last run, in milliseconds since the Unix epoch. */
  readonly seen: number;
  readonly runs: number;
}

/** Where a query ran, by the numbers of {@link PlanHistory.numberOf}. */
export interface QueryOrigin {
  /** Undefined if the instance is unknown. */
  readonly instance?: number;
  readonly connection: number;
}

/** Programs have some hundred different statements; an entry takes about 300 bytes. */
const MAX_QUERIES = 1000;

/** The last plan of each query, of the queries that ran last. */
export class PlanHistory {
  readonly #maxQueries: number;
  readonly #plans = new Map<string, PreviousPlan>();
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
  observe({ query, operators = [], window }: EngineReport, ran?: QueryOrigin): PlanObservation | undefined {
    if (query === undefined || operators.length === 0) return undefined;
    const shapes = operators.flatMap((root) => [...shapesOf(root)]);
    const observed = { query: queryFingerprint(query.text), plan: planFingerprint(shapes) };
    const tables = tablesOf(shapes);
    const key = JSON.stringify([observed.query, databaseOf(tables, ran), tables]);
    const seen = Number(BigInt(window.end) / 1_000_000n);
    const before = this.#plans.get(key);
    this.#plans.delete(key);
    const isSame = before?.plan === observed.plan;
    this.#plans.set(key, { plan: observed.plan, seen, runs: isSame ? before.runs + 1 : 1 });
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > this.#maxQueries && oldest !== undefined) this.#plans.delete(oldest);
    return before === undefined || isSame ? observed : { ...observed, changedFrom: before };
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
const registry = Symbol.for('planscope.duckdb.plan-history.2');
const holder = globalThis as { [registry]?: PlanHistory };

/** The plans of the queries of this process. */
export function processPlans(): PlanHistory {
  holder[registry] ??= new PlanHistory();
  return holder[registry];
}
