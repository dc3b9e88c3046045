import { type TracerProvider, trace } from '@opentelemetry/api';
import { traceQuery } from '@planscope/exec-instrumentation';
import { planQuery, type SessionState, type TaskContext } from '@planscope/plan';
import type { RecordBatch, Table } from 'apache-arrow';
import { createOperators } from './create-operators.ts';
import { parseQuery } from './parse-query.ts';
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
  query(text: string, signal?: AbortSignal): AsyncIterable<RecordBatch> {
    const options = {
      system: 'pipe',
      tracerProvider: this.#tracerProvider,
      ...(signal === undefined ? {} : { signal }),
    };
    return traceQuery(options, (task) => this.#run(text, task));
  }

  async *#run(text: string, task: TaskContext): AsyncGenerator<RecordBatch> {
    const { plan } = await planQuery(this.#session, parseQuery(text), task);
    for (let partition = 0; partition < plan.properties.partitionCount; partition += 1) {
      const { batches, outcome } = plan.execute(partition, task);
      yield* batches;
      await outcome;
    }
  }
}
