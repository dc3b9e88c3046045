import { context, type TracerProvider, trace } from '@opentelemetry/api';
import { createTaskContext, type ExecutionStatus, planQuery, type SessionState, SpanBudget } from '@planscope/plan';
import type { RecordBatch, Table } from 'apache-arrow';
import { createOperators } from './create-operators.ts';
import { parseQuery } from './parse-query.ts';
import { failSpan, startQuerySpan } from './query-span.ts';
import { checkNames, mergeFilters, pruneColumns } from './rules.ts';
import { traceSession } from './trace-session.ts';

/** Answers queries over tables in memory. */
export class PipeEngine {
  readonly #session: SessionState;
  readonly #tracerProvider: TracerProvider;

  /** @param tracerProvider takes the spans; default the one that is registered */
  constructor(tables: ReadonlyMap<string, Table>, tracerProvider: TracerProvider = trace.getTracerProvider()) {
    const session: SessionState = {
      analyzerRules: [checkNames(tables)],
      optimizerRules: [mergeFilters, pruneColumns],
      physicalOptimizerRules: [],
      queryPlanner: { createPhysicalPlan: (plan) => createOperators(plan, tables) },
    };
    this.#tracerProvider = tracerProvider;
    this.#session = traceSession(session, tracerProvider);
  }

  /**
   * Runs one query under a span of its own.
   *
   * @throws what is wrong with the query, or the signal's reason
   */
  async *query(text: string, signal: AbortSignal = new AbortController().signal): AsyncGenerator<RecordBatch> {
    const span = startQuerySpan(this.#tracerProvider);
    const task = createTaskContext({
      otelContext: trace.setSpan(context.active(), span),
      signal,
      budget: new SpanBudget(1000),
      warn: ({ code }) => span.addEvent(code),
    });
    // Stays so when the consumer leaves early.
    let status: ExecutionStatus = 'cancelled';
    try {
      const { plan } = await planQuery(this.#session, parseQuery(text), task);
      for (let partition = 0; partition < plan.properties.partitionCount; partition += 1) {
        const { batches, outcome } = plan.execute(partition, task);
        yield* batches;
        await outcome;
      }
      status = 'ok';
    } catch (error) {
      if (!signal.aborted) status = 'error';
      if (status === 'error') failSpan(span, error);
      throw error;
    } finally {
      span.setAttribute('planscope.run.status', status).end();
    }
  }
}
