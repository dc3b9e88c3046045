import { ROOT_CONTEXT } from '@opentelemetry/api';
import { createTaskContext, type RunWarning, SpanBudget, type TaskContext } from '../execution/execution-plan.ts';
import type { PlanningContext } from '../planning/session-state.ts';

/** Collects warnings. */
export interface CollectedWarnings {
  readonly warnings: readonly RunWarning[];
}

/** A planning context without limits, parent or abort, except for `overrides`. */
export function testPlanningContext(overrides: Partial<PlanningContext> = {}): PlanningContext & CollectedWarnings {
  const warnings: RunWarning[] = [];
  return {
    otelContext: ROOT_CONTEXT,
    signal: new AbortController().signal,
    run: { runId: 'test-run' },
    budget: new SpanBudget(),
    warn: (warning) => warnings.push(warning),
    ...overrides,
    warnings,
  };
}

/** A task context without limits, parent or abort, except for `overrides`. */
export function testTaskContext(overrides: Partial<TaskContext> = {}): TaskContext & CollectedWarnings {
  const context = testPlanningContext();
  return { ...createTaskContext(context), ...overrides, warnings: context.warnings };
}
