import type { Rule } from './rule.ts';
import { buildSideMisjudged } from './rules/build-side-misjudged.ts';
import { cardinalityMisestimated } from './rules/cardinality-misestimated.ts';
import { crossProduct } from './rules/cross-product.ts';
import { explodingJoin } from './rules/exploding-join.ts';
import { filterNotPushedDown } from './rules/filter-not-pushed-down.ts';
import { largeResult } from './rules/large-result.ts';
import { lateMaterializationMissed } from './rules/late-materialization-missed.ts';
import { nothingPruned } from './rules/nothing-pruned.ts';
import { planningDominates } from './rules/planning-dominates.ts';
import { readTwice } from './rules/read-twice.ts';
import { retriedRequests } from './rules/retried-requests.ts';
import { skewedStage } from './rules/skewed-stage.ts';
import { smallReads } from './rules/small-reads.ts';
import { spilledToDisk } from './rules/spilled-to-disk.ts';
import { textFormatScanned } from './rules/text-format-scanned.ts';
import { waitedBeforeStart } from './rules/waited-before-start.ts';

/** All rules, in the order of the documents: the plan, the data, memory, storage, time. */
export const rules: readonly Rule[] = [
  buildSideMisjudged,
  cardinalityMisestimated,
  explodingJoin,
  crossProduct,
  filterNotPushedDown,
  nothingPruned,
  lateMaterializationMissed,
  readTwice,
  textFormatScanned,
  spilledToDisk,
  largeResult,
  smallReads,
  retriedRequests,
  waitedBeforeStart,
  planningDominates,
  skewedStage,
];
