import type { Context } from '@opentelemetry/api';
import type { RunIdentity } from '../execution/run-identity.ts';
import type { SpanBudget } from '../execution/span-budget.ts';
import type { WarningSink } from '../execution/warning.ts';

/** What planning gets: where to put its spans, when to stop, which run it belongs to. */
export interface PlanningContext {
  /** Context to parent spans under. */
  readonly otelContext: Context;
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  readonly budget: SpanBudget;
  readonly warn: WarningSink;
}
