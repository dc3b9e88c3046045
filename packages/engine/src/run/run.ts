import { context as activeContext } from '@opentelemetry/api';
import type { TracingConfig } from '@planscope/config';
import { packageTracer } from '@planscope/internal/package-tracer';
import { createTaskContext, type ExecutionStatus, SpanBudget, type TaskContext } from '@planscope/plan';
import packageJson from '../../package.json' with { type: 'json' };
import type { BackendRun } from '../backend/engine-backend.ts';
import { withRunScope } from '../custom/with-span.ts';
import { tracesRuns } from '../filter/span-levels.ts';
import { operationName } from '../statistics/run-statistics.ts';
import type { RunOptions } from './engine-options.ts';
import { type PlannedOutput, planRun } from './plan-run.ts';
import { type PreparedRun, prepareRun, type RefusedRun, type RunMeans, runIdentityOf } from './prepare-run.ts';
import { RootSpan } from './root-span.ts';
import type { RunEnvironment } from './run-environment.ts';
import { type OutputResult, RunNotes, type RunResult } from './run-result.ts';

/** One run of a specification under one root span, from parsing to the end of its last output. */
export class Run {
  /** Context for the execution of its outputs. */
  readonly context: TaskContext;
  #settle: (result: Promise<RunResult>) => void = () => {};
  /** Resolves when the run has ended, with any status. */
  readonly ended: Promise<RunResult> = new Promise((resolve) => {
    this.#settle = resolve;
  });
  readonly #environment: RunEnvironment;
  /** Undefined if the run cannot start. */
  readonly #backend: BackendRun | undefined;
  readonly #notes: RunNotes;
  readonly #root: RootSpan | undefined;
  readonly #begun = performance.now();
  readonly #operation: string;
  readonly #config: TracingConfig;
  #ending = false;

  private constructor(
    environment: RunEnvironment,
    prepared: PreparedRun | RefusedRun,
    { warn }: RunMeans,
    notes: RunNotes,
    { signal, otelContext = activeContext.active() }: RunOptions,
  ) {
    this.#environment = environment;
    this.#notes = notes;
    const { config } = prepared;
    this.#config = config;
    this.#backend = 'failure' in prepared ? undefined : prepared.backend;
    this.#operation = operationName('failure' in prepared ? [] : prepared.spec.outputs);
    const run = runIdentityOf(prepared);
    const { tracerProvider, backend } = environment;
    const { dialect } = backend;
    this.#root = tracesRuns(config)
      ? RootSpan.start(packageTracer(packageJson, tracerProvider), otelContext, run, { config, dialect })
      : undefined;
    const budget = new SpanBudget(config.spanBudget);
    this.context = createTaskContext({
      otelContext: withRunScope(this.#root?.otelContext ?? otelContext, { config, tracerProvider, budget, dialect }),
      ...(signal === undefined ? {} : { signal }),
      run,
      budget,
      warn,
      observeOperator: (record) => notes.observe(record),
    });
  }

  /**
   * Parses and plans a specification, and returns the outputs to execute.
   *
   * @throws the unaltered error, after ending the run with it
   */
  static async plan(
    environment: RunEnvironment,
    input: unknown,
    options: RunOptions,
  ): Promise<{ readonly run: Run; readonly outputs: readonly PlannedOutput[] }> {
    const notes = new RunNotes();
    const means: RunMeans = {
      warn: (warning) => void notes.warnings.push(warning),
      noteBytes: (bytes) => notes.collector.observeStoreBytesRead(bytes),
      noteEngineBytes: (bytes) => notes.collector.observeEngineBytesRead(bytes),
    };
    const prepared = prepareRun(environment, input, means, options.parameters);
    const run = new Run(environment, prepared, means, notes, options);
    try {
      if ('failure' in prepared) throw prepared.failure;
      const { context } = run;
      return { run, outputs: await planRun(prepared, { environment, context, root: run.#root, notes }) };
    } catch (error) {
      await run.fail(error);
      throw error;
    }
  }

  /** Records a completed output. */
  completed(output: OutputResult): void {
    this.#notes.outputs.push(output);
  }

  /** Ends the run: removes its files, ends its root span and calls `onRunEnd`. Only the first call has an effect. */
  end(status: ExecutionStatus, error?: unknown): Promise<RunResult> {
    if (!this.#ending) {
      this.#ending = true;
      this.#settle(this.#end(status, error));
    }
    return this.ended;
  }

  /** Ends the run as failed, or as cancelled if its signal is aborted. */
  fail(error: unknown): Promise<RunResult> {
    return this.context.signal.aborted ? this.end('cancelled') : this.end('error', error);
  }

  async #end(status: ExecutionStatus, error: unknown): Promise<RunResult> {
    await this.#backend?.dispose();
    this.#root?.end(status, this.#notes.warnings, this.context.budget.dropped, error);
    const result = this.#notes.result(status, this.context.run, this.#root?.traceId, {
      ...this.#config,
      dialect: this.#environment.backend.dialect,
    });
    this.#environment.statistics.record({
      result,
      engine: this.#environment.backend,
      operation: this.#operation,
      error,
      duration: performance.now() - this.#begun,
      spansDropped: this.context.budget.dropped,
      otelContext: this.context.otelContext,
    });
    this.#tell(result);
    return result;
  }

  /** Calls the program's listener. Its errors do not affect the run. */
  #tell(result: RunResult): void {
    try {
      this.#environment.options.onRunEnd?.(result);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), { code: 'PLANSCOPE_ON_RUN_END' });
    }
  }
}
