import { instrumentExecution } from '@planscope/exec-instrumentation';
import type { ExecutionOutcome, ExecutionPlan, RunWarning, SpanBudget } from '@planscope/plan';
import { createSpanRecorder, type SpanRecorder } from '@planscope/testing';
import { duckdbDialect } from '../src/dialect/duckdb-dialect.ts';
import { type DuckDBReportOptions, duckdbReportRecorders } from '../src/report/query-recorder.ts';
import { taskContext } from './task-context.ts';

export type ReadableSpan = ReturnType<SpanRecorder['spans']>[number];

/** Everything that one traced execution left behind. */
export interface TracedRun {
  readonly spans: readonly ReadableSpan[];
  readonly outcome: ExecutionOutcome;
  readonly warnings: readonly RunWarning[];
  readonly rows: number;
}

/** Runs a plan to its end with every span that there is, and waits for the last of them. */
export async function tracedRun(
  plan: ExecutionPlan,
  options: { readonly budget?: SpanBudget } & DuckDBReportOptions = {},
): Promise<TracedRun> {
  const recorder = createSpanRecorder();
  const { tracerProvider } = recorder;
  const { planning, operators, io } = options;
  const rule = instrumentExecution({
    tracerProvider,
    dialect: duckdbDialect,
    outcomeWait: 60_000,
    reportRecorders: duckdbReportRecorders({
      planning: { tracerProvider, ...planning },
      operators: { tracerProvider, ...operators },
      io: { tracerProvider, ...io },
    }),
  });
  const task = { ...taskContext(), ...(options.budget === undefined ? {} : { budget: options.budget }) };
  const { batches, outcome } = (await rule.apply(plan, task)).execute(0, task);
  let rows = 0;
  try {
    for await (const batch of batches) rows += batch.numRows;
  } catch {
    // Told by the outcome, too.
  }
  const ended = await outcome;
  // A span ends when its report has come, at most 250 ms after the outcome.
  while (recorder.openSpans() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return { spans: recorder.spans(), outcome: ended, warnings: task.warnings, rows };
}
