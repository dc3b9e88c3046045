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

/** Which queries are traced in full. */
export interface DetailConfig {
  /**
   * A DuckDB query that took less than this, ran to its end and spilled nothing keeps only numbers of the whole query, without
   * planner and operators. Not set: all are traced in full. In milliseconds.
   */
  readonly slowerThan?: number;
}
