import { ROOT_CONTEXT } from '@opentelemetry/api';
import { type RunWarning, SharedExecutions, SpanBudget, type TaskContext } from '@planscope/plan';

/** A context without a span, and the warnings it took. */
export function taskContext(
  signal: AbortSignal = new AbortController().signal,
): TaskContext & { readonly warnings: readonly RunWarning[] } {
  const warnings: RunWarning[] = [];
  return {
    otelContext: ROOT_CONTEXT,
    signal,
    run: { runId: 'test' },
    budget: new SpanBudget(),
    warn: (warning) => void warnings.push(warning),
    shared: new SharedExecutions(),
    warnings,
  };
}
