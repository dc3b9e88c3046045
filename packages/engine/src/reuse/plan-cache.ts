import type { LogicalPlan } from '@planscope/plan';
import type { Description } from '../rules/resolve-schemas.ts';
import { RecentlyUsed } from './recently-used.ts';

/** How much of planning an engine remembers. */
export interface PlanCacheOptions {
  /**
   * Specifications whose plan is kept, and a fourth of the inputs whose columns are; the ones that were not used for longest
   * make room for others. Default 64.
   */
  readonly maxEntries?: number;
}

/** What planning one specification came to. */
export interface RememberedPlan {
  /** What it came from beside the specification: it holds as long as that is the same. */
  readonly basis: string;
  /** Optimized, without the objects behind its inputs: each run has its own. */
  readonly logicalPlan: LogicalPlan;
  readonly fingerprint: string;
}

const DEFAULT_ENTRIES = 64;
const INPUTS_PER_PLAN = 4;

/** What planning has found out, for runs to come. */
export class PlanCache {
  /** By the hash of the specification. */
  readonly plans: RecentlyUsed<RememberedPlan>;
  /** The columns of inputs, by what tells their objects from others. */
  readonly inputs: RecentlyUsed<Description>;

  /** @throws RangeError when `maxEntries` is no whole number from 1 up */
  constructor({ maxEntries = DEFAULT_ENTRIES }: PlanCacheOptions = {}) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
      const right = 'use a whole number from 1 up, or planCache: false';
      throw new RangeError(`[planscope/engine] planCache.maxEntries is ${maxEntries}; ${right}`);
    }
    this.plans = new RecentlyUsed(maxEntries);
    this.inputs = new RecentlyUsed(maxEntries * INPUTS_PER_PLAN);
  }
}
