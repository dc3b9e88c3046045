import type { Context } from '@opentelemetry/api';
import type { OperatorObserver } from './operator-record.ts';
import type { RunIdentity } from './run-identity.ts';
import type { SharedExecutions } from './shared-executions.ts';
import type { SpanBudget } from './span-budget.ts';
import type { WarningSink } from './warning.ts';

/** What a node gets at execution: where to put its spans, when to stop, which run it belongs to. */
export interface TaskContext {
  /** Context to parent spans under. Passed on, never taken from the ambient context. */
  readonly otelContext: Context;
  /** Aborted when the run is to stop. */
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  /** Spans this run may still make. */
  readonly budget: SpanBudget;
  /** Takes a warning for the RunResult and the root span. */
  readonly warn: WarningSink;
  /** Nodes that run once for all their consumers. */
  readonly shared: SharedExecutions;
  /** Told of every operator that an instrumented plan finished. */
  readonly observeOperator?: OperatorObserver;
}
