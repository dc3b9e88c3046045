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

export const DEFAULT_THRESHOLDS: WarningThresholds = {
  misestimateFactor: 10,
  misestimatedRows: 100_000,
  explodingJoinFactor: 10,
  explodingJoinRows: 1_000_000,
  unpushedFilterShare: 0.1,
  unpushedFilterRows: 100_000,
  smallReadRequests: 1000,
  smallReadBytes: 16_384,
  materializedRows: 1_000_000,
};
