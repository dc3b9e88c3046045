import type { Attributes, Context } from '@opentelemetry/api';
import type { SpanBudget } from '@planscope/plan/report';

/** What a call did that its result does not say. */
export interface CallFacts {
  /** Tries the SDK behind the store made, the first one included. */
  readonly attempts?: number;
  /** Requests the call took, where one call makes several. */
  readonly requests?: number;
  /** Attributes that only this kind of store has, for example `aws.s3.upload_id`. */
  readonly attributes?: Attributes;
}

/** What every call of a store takes. A plan's TaskContext fits as it is. */
export interface CallOptions {
  /** Ends the call, and the reading of a body or listing that came of it, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Context to parent the spans of the call under; default the active one. */
  readonly otelContext?: Context | undefined;
  /** Spans this run may still make; default no limit. */
  readonly budget?: SpanBudget | undefined;
  /** Told by the store of what a call did; set by whoever instruments. */
  readonly observe?: ((facts: CallFacts) => void) | undefined;
}
