import type { ColumnDescription, FileOptions } from '@planscope/duckdb';
import type { LogicalPlan } from '@planscope/plan';
import type { Schema } from 'apache-arrow';

/** The columns of an input or view. */
export interface Description {
  readonly schema: Schema;
  readonly columns: readonly ColumnDescription[];
  /** How the files of an input are read. */
  readonly options?: FileOptions;
}

/** How much of planning an engine keeps. */
export interface PlanCacheOptions {
  /**
   * Most plans to keep, one per specification; the columns of four times as many inputs are kept as well. The least recently
   * used entries are dropped first. Default 64.
   */
  readonly maxEntries?: number;
}

/** The result of planning one specification. */
export interface RememberedPlan {
  /** Everything the plan depends on besides the specification; the plan holds as long as this is the same. */
  readonly basis: string;
  /** Optimized, without the objects behind its inputs: those belong to one run. */
  readonly logicalPlan: LogicalPlan;
  readonly fingerprint: string;
}

const DEFAULT_ENTRIES = 64;
const INPUTS_PER_PLAN = 4;

/** What an engine keeps of planning for later runs. */
export class PlanCache {
  /** By the hash of the specification. */
  readonly plans: RecentlyUsed<RememberedPlan>;
  /** The columns of inputs, by format and state of their objects. */
  readonly inputs: RecentlyUsed<Description>;

  /** @throws RangeError when `maxEntries` is not a whole number from 1 up */
  constructor({ maxEntries = DEFAULT_ENTRIES }: PlanCacheOptions = {}) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
      const right = 'use a whole number from 1 up, or planCache: false';
      throw new RangeError(`[planscope/engine] planCache.maxEntries is ${maxEntries}; ${right}`);
    }
    this.plans = new RecentlyUsed(maxEntries);
    this.inputs = new RecentlyUsed(maxEntries * INPUTS_PER_PLAN);
  }
}

/** A map with a limit: a new entry over the limit replaces the least recently used one. */
export class RecentlyUsed<Value> {
  readonly #maxEntries: number;
  /** In order of use, as a map iterates in order of insertion. */
  readonly #values = new Map<string, Value>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** Counts as a use. */
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
