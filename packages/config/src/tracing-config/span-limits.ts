/** How much one span may carry. */
export interface SpanLimits {
  /** Most attributes of one span. */
  readonly attributeCount: number;
  /** Most events of one span. */
  readonly eventCount: number;
  /** Most links of one span. */
  readonly linkCount: number;
  /** Most attributes of one event. */
  readonly attributePerEventCount: number;
  /** Most attributes of one link. */
  readonly attributePerLinkCount: number;
}

/** Which queries are drawn in full. */
export interface DetailConfig {
  /**
   * A query of DuckDB that took less than this, came to its end and spilled nothing keeps its numbers as a whole, without
   * planner and operators. Not set: all are drawn in full. In milliseconds.
   */
  readonly slowerThan?: number;
}
