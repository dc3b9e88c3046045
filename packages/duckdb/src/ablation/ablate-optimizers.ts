import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { displayReportedPlan, type PlanReport } from '@planscope/plan';
import { interruptOnAbort } from '../measure/interrupts.ts';
import { type ExplainedPlans, explainPlans, showingAllPlans } from '../report/explain-plans.ts';
import { confine } from '../session/session-options.ts';
import { createViewStatement, type FileBinding } from '../sql/input-binding.ts';
import { quoteString } from '../sql/quote.ts';

/** A query whose optimizers are to be told apart. */
export interface AblatedQuery extends MirroredQuery {
  readonly text: string;
  /** The plans that it had where it ran. */
  readonly plans: ExplainedPlans;
  /** Names of the optimizers that ran. */
  readonly optimizers: readonly string[];
}

/** The plan before and after one optimizer, the same object where it changed nothing; or why they are not known. */
export type OptimizerEffect =
  | { readonly planBefore: PlanReport; readonly planAfter: PlanReport }
  | { readonly unavailable: string };

/** By name of the optimizer, in the order they were enabled. */
export type Ablation = ReadonlyMap<string, OptimizerEffect>;

/** Most time that ablation takes by default, in milliseconds. */
const DEFAULT_ABLATION_LIMIT = 1000;

/**
 * Finds what each optimizer did to a query: it is planned with none of them, then with one more each time, in the order
 * DuckDB lists them. That is done on an instance of its own over the same files. One whose plans, with all of them, are not
 * those that the query had says nothing about it: tables that only the other has are missing, or statistics differ. Never
 * throws.
 *
 * @param limit milliseconds after which it ends; what was not reached by then is unavailable
 */
export async function ablateOptimizers(query: AblatedQuery, limit: number = DEFAULT_ABLATION_LIMIT): Promise<Ablation> {
  const deadline = AbortSignal.timeout(limit);
  const effects = new Map<string, OptimizerEffect>();
  let reason: string | undefined;
  try {
    reason = await ablate(query, effects, deadline);
  } catch {
    // DuckDB's messages can hold data.
    reason =
      'a separate instance cannot plan the query, which may need tables, macros or extensions of its own instance';
  }
  if (deadline.aborted) reason = `the ${limit} ms for it were over after ${effects.size} optimizers`;
  for (const name of query.optimizers) {
    if (!effects.has(name)) effects.set(name, { unavailable: reason ?? 'DuckDB does not list the optimizer' });
  }
  return effects;
}

/** @returns why it ended early */
async function ablate(
  query: AblatedQuery,
  effects: Map<string, OptimizerEffect>,
  deadline: AbortSignal,
): Promise<string | undefined> {
  const { text, plans, optimizers } = query;
  if (plans.optimized === undefined) return 'the plans of the query itself are not known';
  const mirror = await Mirror.open(query);
  const release = mirror.interruptOn(deadline);
  try {
    const whole = await mirror.plans(text, new Set(optimizers));
    if (!samePlans(whole.logical, plans.logical) || !samePlans(whole.optimized, plans.optimized)) {
      return 'a separate instance plans the query differently, so what its optimizers do says nothing about this run';
    }
    const enabled = new Set<string>();
    let planBefore = (await mirror.plans(text, enabled)).optimized ?? '';
    // Those that did not run cannot have changed anything.
    for (const name of mirror.optimizers.filter((listed) => optimizers.includes(listed))) {
      deadline.throwIfAborted();
      enabled.add(name);
      const planned = (await mirror.plans(text, enabled)).optimized ?? '';
      const planAfter = samePlans(planBefore, planned) ? planBefore : planned;
      effects.set(name, { planBefore, planAfter });
      planBefore = planAfter;
    }
    return undefined;
  } finally {
    release();
    mirror.close();
  }
}

function samePlans(one: PlanReport = '', other: PlanReport = ''): boolean {
  return displayReportedPlan(one) === displayReportedPlan(other);
}

/** What a query was planned with. */
export interface MirroredQuery {
  readonly inputs: readonly FileBinding[];
  /** Settings that the instance that ran it was opened with. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where that instance may read files; undefined for everywhere. */
  readonly allowedDirectories?: readonly string[] | undefined;
}

/** Settings that would keep the mirror from being opened or set, and that no plan depends on; the last it sets itself. */
const NOT_COPIED = new Set(['access_mode', 'lock_configuration', 'disabled_optimizers']);

/**
 * A DuckDB instance over the same files and with the same settings as another, to plan a query with some of its optimizers:
 * which ones are disabled is a setting of a whole instance.
 */
export class Mirror {
  /** Every optimizer there is, in the order DuckDB lists them. */
  readonly optimizers: readonly string[];
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, optimizers: readonly string[]) {
    this.#instance = instance;
    this.#connection = connection;
    this.optimizers = optimizers;
  }

  /** @throws what DuckDB says of settings or files */
  static async open({ inputs, settings, allowedDirectories }: MirroredQuery): Promise<Mirror> {
    const copied = Object.entries(settings).filter(([name]) => !NOT_COPIED.has(name.toLowerCase()));
    const instance = await DuckDBInstance.create(':memory:', Object.fromEntries(copied));
    try {
      const connection = await showingAllPlans(await instance.connect());
      // SQL can tell one instance from another and read other files there.
      if (allowedDirectories !== undefined) await confine(connection, allowedDirectories);
      for (const input of inputs) await connection.run(createViewStatement(input));
      const reader = await connection.runAndReadAll('SELECT name FROM duckdb_optimizers()');
      return new Mirror(
        instance,
        connection,
        reader.getRows().map(([name]) => String(name)),
      );
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  }

  /**
   * The plans of a query; nothing is executed.
   *
   * @param enabled optimizers that may run
   * @throws what DuckDB says of the query
   */
  async plans(query: string, enabled: ReadonlySet<string>): Promise<ExplainedPlans> {
    const disabled = this.optimizers.filter((name) => !enabled.has(name));
    await this.#connection.run(`SET disabled_optimizers = ${quoteString(disabled.join(','))}`);
    return explainPlans(this.#connection, query);
  }

  /** Stops planning as soon as the signal is aborted; returns what takes that back. */
  interruptOn(signal: AbortSignal): () => void {
    return interruptOnAbort(this.#connection, signal);
  }

  close(): void {
    this.#connection.disconnectSync();
    this.#instance.closeSync();
  }
}
