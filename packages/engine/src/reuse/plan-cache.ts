import type { ColumnDescription, FileOptions } from '@planscope/duckdb';
import type { LogicalPlan } from '@planscope/plan';
import type { Schema } from 'apache-arrow';

/** The columns of an input or view. */
export interface Description {
  readonly schema: Schema;
  readonly columns: readonly ColumnDescription[];
  /** Options for reading the files of an input. */
  readonly options?: FileOptions;
}

/** Size of the plan cache of an engine. */
export interface PlanCacheOptions {
  /**
   * Maximum number of plans, one for each specification. The cache also keeps the columns of four times as many inputs.
   * It drops the least recently used entries first. Default: 64.
   */
  readonly maxEntries?: number;
}

/** The result of planning one specification. */
export interface RememberedPlan {
  /** Everything the plan depends on besides the specification; the plan is valid as long as this is unchanged. */
  readonly basis: string;
  /** The optimized plan, without the objects of its inputs, which belong to one run. */
  readonly logicalPlan: LogicalPlan;
  readonly fingerprint: string;
}

const DEFAULT_ENTRIES = 64;
const INPUTS_PER_PLAN = 4;

/** The plans and columns that an engine keeps for later runs. */
export class PlanCache {
  /** Plans by hash of the specification. */
  readonly plans: RecentlyUsed<RememberedPlan>;
  /** The columns of inputs, by format and state of their objects. */
  readonly inputs: RecentlyUsed<Description>;

  /** @throws RangeError if `maxEntries` is not a whole number from 1 up */
  constructor({ maxEntries = DEFAULT_ENTRIES }: PlanCacheOptions = {}) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
      const right = 'use a whole number from 1 up, or planCache: false';
      throw new RangeError(`[planscope/engine] planCache.maxEntries is ${maxEntries}; ${right}`);
    }
    this.plans = new RecentlyUsed(maxEntries);
    this.inputs = new RecentlyUsed(maxEntries * INPUTS_PER_PLAN);
  }
}

/** A map with a maximum size: a new entry beyond it replaces the least recently used one. */
export class RecentlyUsed<Value> {
  readonly #maxEntries: number;
  /** Least recently used first, because a map iterates in the order of insertion. */
  readonly #values = new Map<string, Value>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** Returns a value and marks it as used. */
  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#maxEntries && oldest !== undefined) this.#values.delete(oldest);
  }
}
