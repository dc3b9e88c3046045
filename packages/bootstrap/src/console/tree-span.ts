/** What a tree needs to know of a span. */
export interface TreeSpan {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** Nanoseconds since the Unix epoch. */
  readonly start: bigint;
  readonly end: bigint;
  readonly failed: boolean;
  /** Stands behind its name. */
  readonly note?: string;
  readonly attributes: ReadonlyMap<string, unknown>;
}
