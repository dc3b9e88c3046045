import { EXPLODING_JOIN } from '@planscope/internal/checks/exploding-join';
import { LARGE_RESULT_ROWS } from '@planscope/internal/checks/large-result';
import { MISESTIMATE } from '@planscope/internal/checks/misestimates';
import { SMALL_READS } from '@planscope/internal/checks/small-reads';
import { UNPUSHED_FILTER } from '@planscope/internal/checks/unpushed-filter';

/** Thresholds at which a number of a finished query raises a warning. */
export interface WarningThresholds {
  /** Estimated and actual rows differ by this factor, and by `misestimatedRows`; default 10. */
  readonly misestimateFactor: number;
  /** Default 100,000 rows. */
  readonly misestimatedRows: number;
  /** A join puts out this many times the rows of its larger side, and at least `explodingJoinRows`; default 10. */
  readonly explodingJoinFactor: number;
  /** Default 1,000,000 rows. */
  readonly explodingJoinRows: number;
  /** A filter above a scan lets no more than this share of `unpushedFilterRows` or more rows through; default 0.1. */
  readonly unpushedFilterShare: number;
  /** Default 100,000 rows. */
  readonly unpushedFilterRows: number;
  /** A file is read in this many requests or more, of `smallReadBytes` on average at most; default 1000. */
  readonly smallReadRequests: number;
  /** Default 16,384 bytes. */
  readonly smallReadBytes: number;
  /** Rows that a call of the driver holds in memory all at once; default 1,000,000. */
  readonly materializedRows: number;
}

/** The checks have the reason for each. */
export const DEFAULT_THRESHOLDS: WarningThresholds = {
  misestimateFactor: MISESTIMATE.factor,
  misestimatedRows: MISESTIMATE.rows,
  explodingJoinFactor: EXPLODING_JOIN.factor,
  explodingJoinRows: EXPLODING_JOIN.rows,
  unpushedFilterShare: UNPUSHED_FILTER.share,
  unpushedFilterRows: UNPUSHED_FILTER.rows,
  smallReadRequests: SMALL_READS.requests,
  smallReadBytes: SMALL_READS.bytes,
  materializedRows: LARGE_RESULT_ROWS,
};
