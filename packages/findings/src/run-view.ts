import { cutShort } from '@planscope/internal/checks/cut-short';
import { ATTR_DUCKDB_ROWS_SCANNED } from '@planscope/internal/checks/duckdb-keys';
import type { Metric, Operator, Query, Run } from '@planscope/run-model';
import { FIELD_FILES, FIELD_JOIN_KEYS, FIELD_TABLE } from '@planscope/semconv';
import { CTE_INDEX, DYNAMIC_FILTER, operatorType, TABLE_INDEX } from './engine-words.ts';

/** An operator in the plan of its query, with its inputs. */
export interface PlanOperator {
  readonly id: string;
  /** `READ_PARQUET`, `HASH_JOIN`. */
  readonly name: string;
  /** The engine's type of the operator, in the words of DuckDB: `TABLE_SCAN`, `HASH_JOIN`, `DELIM_SCAN`. */
  readonly type: string;
  /** Undefined if the engine did not count them. */
  readonly rows: number | undefined;
  readonly estimatedRows: number | undefined;
  /** For a hash join: the side that is probed, then the side whose hash table is built. */
  readonly children: readonly PlanOperator[];
  readonly joinConditions: readonly string[];
  /** Whether other operators passed a filter to it while the query ran. */
  readonly hasDynamicFilter: boolean;
  /** Whether it reads a table or files, and not rows that the query made. */
  readonly readsData: boolean;
  /** The engine's number for the common table expression that it makes. */
  readonly tableIndex: string | undefined;
  /** The engine's number for the common table expression that it reads. */
  readonly cteIndex: string | undefined;
}

/** The plan of one query. Operators that a limit may have stopped are not among those to judge. */
export interface QueryPlan {
  readonly query: Query;
  /** The operators at the top. */
  readonly roots: readonly PlanOperator[];
  /** All operators of the query that are to be judged, consumers before inputs. */
  readonly operators: readonly PlanOperator[];
  /** Ids of the operators that a limit may have stopped. */
  readonly stopped: ReadonlySet<string>;
}

/** A run with what rules look up in it. */
export class RunView {
  readonly run: Run;
  /** One for each query that has operators. */
  readonly plans: readonly QueryPlan[];
  readonly #operators: ReadonlyMap<string, Operator>;
  readonly #checked = new Map<string, PlanOperator>();
  readonly #compute = new Map<string | undefined, number>();

  constructor(run: Run) {
    this.run = run;
    this.#operators = new Map(run.operators.map((operator) => [operator.id, operator]));
    for (const { origin, queryId, compute = 0 } of run.operators) {
      if (origin === 'engine') this.#compute.set(queryId, (this.#compute.get(queryId) ?? 0) + compute);
    }
    this.plans = run.queries.map((query) => this.#plan(query)).filter(({ roots }) => roots.length > 0);
  }

  /** @throws RangeError if the run has no such operator */
  operator(id: string): Operator {
    const operator = this.#operators.get(id);
    if (operator === undefined) throw new RangeError(`[planscope/findings] the run has no operator ${id}`);
    return operator;
  }

  /** The operators that consume the output of one, from the nearest to the top. */
  above(id: string): Operator[] {
    const found: Operator[] = [];
    let at = this.#operators.get(id)?.parentId;
    while (at !== undefined && found.length < this.#operators.size) {
      const operator = this.#operators.get(at);
      if (operator === undefined || operator.origin === 'node') break;
      found.push(operator);
      at = operator.parentId;
    }
    return found;
  }

  /** Share of operators in the compute time of the query of the first one, from 0 to 1; 0 if it was not measured. */
  computeShare(ids: Iterable<string>): number {
    const operators = [...new Set(ids)].map((id) => this.operator(id));
    const total = this.#compute.get(operators[0]?.queryId) ?? 0;
    return total === 0 ? 0 : operators.reduce((sum, { compute = 0 }) => sum + compute, 0) / total;
  }

  /** Texts of a field of an operator; empty if it has none. */
  field(id: string, key: string): readonly string[] {
    return this.operator(id)
      .fields.filter((field) => field.key === key)
      .flatMap(({ text }) => text);
  }

  #plan(query: Query): QueryPlan {
    const own = this.run.operators.filter(({ queryId, origin }) => queryId === query.id && origin === 'engine');
    const checked = own.map(({ id }) => this.#check(id, new Set()));
    const below = new Set(checked.flatMap(({ children }) => children));
    const roots = checked.filter((operator) => !below.has(operator));
    const stopped = new Set([...cutShort(roots)].map(({ id }) => id));
    return { query, roots, operators: checked.filter(({ id }) => !stopped.has(id)), stopped };
  }

  #check(id: string, path: ReadonlySet<string>): PlanOperator {
    const known = this.#checked.get(id);
    if (known !== undefined) return known;
    const operator = this.operator(id);
    const inside = new Set([...path, id]);
    const inputs = operator.inputIds.filter((input) => this.#operators.has(input) && !inside.has(input));
    const checked: PlanOperator = {
      id,
      name: operator.name,
      type: operatorType(operator),
      rows: operator.rows,
      estimatedRows: operator.estimatedRows,
      children: inputs.map((input) => this.#check(input, inside)),
      joinConditions: this.field(id, FIELD_JOIN_KEYS),
      hasDynamicFilter: this.field(id, DYNAMIC_FILTER).length > 0,
      readsData: [FIELD_TABLE, FIELD_FILES].some((key) => this.field(id, key).length > 0),
      tableIndex: textOf(operator.details[TABLE_INDEX]),
      cteIndex: textOf(operator.details[CTE_INDEX]),
    };
    this.#checked.set(id, checked);
    return checked;
  }
}

/** The operators below one and the operator itself, each once. */
export function* within(operator: PlanOperator): Generator<PlanOperator> {
  const [open, seen] = [[operator], new Set<PlanOperator>()];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    yield next;
    open.push(...next.children);
  }
}

/** Rows of a table that DuckDB looked at, after pruning and before filters. Its counter is wrong for files. */
export function lookedAt(view: RunView, { id }: PlanOperator): number | undefined {
  const scanned = view.operator(id).details[ATTR_DUCKDB_ROWS_SCANNED];
  return typeof scanned === 'number' && view.field(id, FIELD_TABLE).length > 0 ? scanned : undefined;
}

/** A metric of an operator, or of its query. */
export function metricOf({ metrics }: Operator | Query, name: string): Metric | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
