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
