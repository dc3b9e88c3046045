import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { connectOwn } from '@planscope/internal/own-connection';
import { displayReportedPlan, type PlanReport } from '@planscope/plan';
import { interruptOnAbort } from '../measure/interrupts.ts';
import { type ExplainedPlans, explainPlans, showingAllPlans } from '../report/explain-plans.ts';
import { confine } from '../session/session-options.ts';
import { createViewStatement, type FileBinding } from '../sql/input-binding.ts';
import type { BoundParameter } from '../sql/query-parameters.ts';
import { quoteString } from '../sql/quote.ts';

/** A query whose optimizers are examined. */
export interface AblatedQuery extends MirroredQuery {
  readonly text: string;
  /** Values for the parameters of the text. */
  readonly parameters?: readonly BoundParameter[];
  /** Its plans in the instance where it ran. */
  readonly plans: ExplainedPlans;
  /** Names of the optimizers that ran. */
  readonly optimizers: readonly string[];
}

/** The plan before and after one optimizer, as the same object if it changed nothing; or why the plans are unknown. */
export type OptimizerEffect =
  | { readonly planBefore: PlanReport; readonly planAfter: PlanReport }
  | { readonly unavailable: string };

/** Effects by optimizer name, in the order in which the optimizers were enabled. */
export type Ablation = ReadonlyMap<string, OptimizerEffect>;

/** Default time limit in milliseconds. */
const DEFAULT_ABLATION_LIMIT = 1000;

/**
 * Determines the effect of each optimizer on a query. A separate instance over the same files plans the query without
 * optimizers, then enables one more each time, in DuckDB's order. If its plans with all optimizers differ from those of
 * the query, for example because tables are missing or statistics differ, the effects are unavailable. Never throws.
 *
 * @param limit time limit in milliseconds; the remaining optimizers are then unavailable
 */
export async function ablateOptimizers(query: AblatedQuery, limit: number = DEFAULT_ABLATION_LIMIT): Promise<Ablation> {
  const deadline = AbortSignal.timeout(limit);
  const effects = new Map<string, OptimizerEffect>();
  let reason: string | undefined;
  try {
    reason = await ablate(query, effects, deadline);
  } catch {
    // DuckDB's messages can contain data.
    reason =
      'a separate instance cannot plan the query, which may need tables, macros or extensions of its own instance';
  }
  if (deadline.aborted) reason = `the time limit of ${limit} ms was exceeded after ${effects.size} optimizers`;
  for (const name of query.optimizers) {
    if (!effects.has(name)) effects.set(name, { unavailable: reason ?? 'DuckDB does not list the optimizer' });
  }
  return effects;
}

/** @returns the reason if it ended early */
async function ablate(
  query: AblatedQuery,
  effects: Map<string, OptimizerEffect>,
  deadline: AbortSignal,
): Promise<string | undefined> {
  const { text, parameters, plans, optimizers } = query;
  if (plans.optimized === undefined) return 'the plans of the query are unknown';
  if (query.inputs.some(({ paths }) => paths.some((path) => path.includes('://')))) {
    return 'DuckDB reads an input from a store, to which a separate instance has no access';
  }
  const mirror = await Mirror.open(query);
  const release = mirror.interruptOn(deadline);
  try {
    const whole = await mirror.plans(text, new Set(optimizers), parameters);
    if (!samePlans(whole.logical, plans.logical) || !samePlans(whole.optimized, plans.optimized)) {
      return 'a separate instance plans the query differently, so the effects of its optimizers do not apply to this run';
    }
    const enabled = new Set<string>();
    let planBefore = (await mirror.plans(text, enabled, parameters)).optimized ?? '';
    // Optimizers that did not run cannot have changed anything.
    for (const name of mirror.optimizers.filter((listed) => optimizers.includes(listed))) {
      deadline.throwIfAborted();
      enabled.add(name);
      const planned = (await mirror.plans(text, enabled, parameters)).optimized ?? '';
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

/** The inputs and settings with which a query was planned. */
export interface MirroredQuery {
  readonly inputs: readonly FileBinding[];
  /** Settings with which the instance of the query was opened. */
  readonly settings: Readonly<Record<string, string>>;
  /** Folders in which that instance may read files; undefined means everywhere. */
  readonly allowedDirectories?: readonly string[] | undefined;
}

/** Settings that would prevent opening or changing the mirror and do not affect plans; it sets the last one itself. */
const NOT_COPIED = new Set(['access_mode', 'lock_configuration', 'disabled_optimizers']);

/**
 * A DuckDB instance with the same files and settings as another one, which plans a query with some of its optimizers. A
 * separate instance is necessary because `disabled_optimizers` applies to a whole instance.
 */
export class Mirror {
  /** All optimizers in DuckDB's order. */
  readonly optimizers: readonly string[];
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, optimizers: readonly string[]) {
    this.#instance = instance;
    this.#connection = connection;
    this.optimizers = optimizers;
  }

  /** @throws DuckDB's error for invalid settings or files */
  static async open({ inputs, settings, allowedDirectories }: MirroredQuery): Promise<Mirror> {
    const copied = Object.entries(settings).filter(([name]) => !NOT_COPIED.has(name.toLowerCase()));
    const instance = await DuckDBInstance.create(':memory:', Object.fromEntries(copied));
    try {
      const connection = await showingAllPlans(await connectOwn(instance));
      // SQL could detect the mirror and read other files in it.
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
   * The plans of a query, which is not executed.
   *
   * @param enabled optimizers that may run
   * @param parameters values for the parameters of the query
   * @throws DuckDB's error for the query
   */
  async plans(
    query: string,
    enabled: ReadonlySet<string>,
    parameters: readonly BoundParameter[] = [],
  ): Promise<ExplainedPlans> {
    const disabled = this.optimizers.filter((name) => !enabled.has(name));
    await this.#connection.run(`SET disabled_optimizers = ${quoteString(disabled.join(','))}`);
    return explainPlans(this.#connection, query, parameters);
  }

  /** Interrupts planning when the signal is aborted; the returned function stops listening. */
  interruptOn(signal: AbortSignal): () => void {
    return interruptOnAbort(this.#connection, signal);
  }

  close(): void {
    this.#connection.disconnectSync();
    this.#instance.closeSync();
  }
}
