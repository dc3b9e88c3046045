import { randomUUID } from 'node:crypto';
import { context as activeContext, type TracerProvider } from '@opentelemetry/api';
import type { DuckDBSession } from '@planscope/duckdb';
import { createMetricsCollector, type MetricsCollector } from '@planscope/metrics-collector';
import type { ObjectCache, StoreRegistry } from '@planscope/object-store';
import {
  type ExecutionStatus,
  type OperatorRecord,
  type PlannedQuery,
  planQuery,
  type RunIdentity,
  type RunWarning,
  SharedExecutions,
  SpanBudget,
  type TaskContext,
} from '@planscope/plan';
import { withRunScope } from '../custom/run-scope.ts';
import { tracesRuns } from '../filter/traces-runs.ts';
import { envelopeHash, type InputIdentity } from '../identity/identities.ts';
import { planFingerprint } from '../identity/plan-fingerprint.ts';
import { Staging } from '../input/staging.ts';
import { specPlan } from '../logical/spec-node.ts';
import { specQueryPlanner } from '../planner/spec-query-planner.ts';
import { operationName } from '../statistics/operation-name.ts';
import type { RunStatistics } from '../statistics/run-statistics.ts';
import { PLANSCOPE_VERSION, packageTracer } from '../tracer.ts';
import type { EngineOptions, RunOptions } from './engine-options.ts';
import { instrumentedSession } from './instrumentation.ts';
import type { PlannedOutput } from './planned-output.ts';
import { type PreparedRun, prepareRun, type RefusedRun, type RunMeans } from './prepare-run.ts';
import { queryRecording } from './query-recording.ts';
import { RootSpan } from './root-span.ts';
import { type PlanTextConfig, runPlan } from './run-plan.ts';
import type { OutputResult, RunResult } from './run-result.ts';

/** What every run of an engine shares. */
export interface RunEnvironment {
  readonly session: DuckDBSession;
  readonly stores: StoreRegistry;
  /** Undefined where nothing is kept between runs. */
  readonly objectCache: ObjectCache | undefined;
  readonly tracerProvider: TracerProvider;
  readonly statistics: RunStatistics;
  readonly options: EngineOptions;
}

/** What a run gathers while it goes on. */
interface RunNotes {
  readonly warnings: readonly RunWarning[];
  readonly collector: MetricsCollector;
}

/** One run of one specification under one root span, from reading it to the end of its last output. */
export class Run {
  /** What its outputs are executed with. */
  readonly context: TaskContext;
  #settle: (result: Promise<RunResult>) => void = () => {};
  /** Resolves when the run has ended, however it ended. */
  readonly ended: Promise<RunResult> = new Promise((resolve) => {
    this.#settle = resolve;
  });
  readonly #environment: RunEnvironment;
  readonly #staging: Staging;
  readonly #root: RootSpan | undefined;
  readonly #startedAt = new Date();
  readonly #begun = performance.now();
  readonly #operation: string;
  readonly #collector: MetricsCollector;
  readonly #warnings: readonly RunWarning[];
  readonly #outputs: OutputResult[] = [];
  readonly #records: OperatorRecord[] = [];
  readonly #config: PlanTextConfig;
  #planned: PlannedQuery | undefined;
  #envelopeHash: string | undefined;
  #planFingerprint: string | undefined;
  #ending = false;

  private constructor(
    environment: RunEnvironment,
    prepared: PreparedRun | RefusedRun,
    { staging, warn }: RunMeans,
    { warnings, collector }: RunNotes,
    { signal, otelContext = activeContext.active() }: RunOptions,
  ) {
    this.#environment = environment;
    this.#staging = staging;
    this.#warnings = warnings;
    this.#collector = collector;
    const { config } = prepared;
    this.#config = config;
    this.#operation = operationName('failure' in prepared ? [] : prepared.spec.outputs);
    const run = identityOf(prepared);
    const { tracerProvider } = environment;
    this.#root = tracesRuns(config)
      ? RootSpan.start(packageTracer(tracerProvider), otelContext, run, config)
      : undefined;
    const budget = new SpanBudget(config.spanBudget);
    this.context = {
      otelContext: withRunScope(this.#root?.otelContext ?? otelContext, { config, tracerProvider, budget }),
      signal: signal ?? new AbortController().signal,
      run,
      budget,
      warn,
      shared: new SharedExecutions(),
      observeOperator: (record) => {
        this.#collector.observe(record);
        this.#records.push(record);
      },
    };
  }

  /**
   * Reads and plans a specification, and hands back the outputs to execute.
   *
   * @throws what went wrong, unaltered, after the run was ended with it
   */
  static async plan(
    environment: RunEnvironment,
    input: unknown,
    options: RunOptions,
  ): Promise<{ readonly run: Run; readonly outputs: readonly PlannedOutput[] }> {
    const warnings: RunWarning[] = [];
    const collector = createMetricsCollector();
    const means: RunMeans = {
      staging: await Staging.open(environment.objectCache),
      warn: (warning) => void warnings.push(warning),
      noteBytes: (bytes) => collector.observeStoreBytesRead(bytes),
    };
    const prepared = prepareRun(environment, input, means);
    const run = new Run(environment, prepared, means, { warnings, collector }, options);
    try {
      if ('failure' in prepared) throw prepared.failure;
      return { run, outputs: await run.#plan(prepared) };
    } catch (error) {
      await run.fail(error);
      throw error;
    }
  }

  /** Notes an output that is complete. */
  completed(output: OutputResult): void {
    this.#outputs.push(output);
  }

  /** Ends the run: takes its files away, closes its root span, tells whoever listens. Only the first call counts. */
  end(status: ExecutionStatus, error?: unknown): Promise<RunResult> {
    if (!this.#ending) {
      this.#ending = true;
      this.#settle(this.#end(status, error));
    }
    return this.ended;
  }

  /** Ends the run with an error, or as cancelled when that is why it failed. */
  fail(error: unknown): Promise<RunResult> {
    return this.context.signal.aborted ? this.end('cancelled') : this.end('error', error);
  }

  async #end(status: ExecutionStatus, error: unknown): Promise<RunResult> {
    await this.#staging.dispose().catch(() => {
      this.context.warn({ code: 'staging-left-behind', message: 'temporary files of the run could not be removed' });
    });
    this.#root?.end(status, this.#warnings, this.context.budget.dropped, error);
    const result = this.#result(status);
    this.#environment.statistics.record({
      result,
      operation: this.#operation,
      error,
      duration: performance.now() - this.#begun,
      spansDropped: this.context.budget.dropped,
      otelContext: this.context.otelContext,
    });
    this.#tell(result);
    return result;
  }

  async #plan({ config, spec, rules, targets, inputs, readSyntax }: PreparedRun): Promise<PlannedOutput[]> {
    const { session, tracerProvider } = this.#environment;
    const state = {
      analyzerRules: rules.analyzer,
      optimizerRules: rules.optimizer,
      physicalOptimizerRules: rules.physical,
      queryPlanner: specQueryPlanner({
        session,
        staging: this.#staging,
        recording: queryRecording(config),
        targetOf: (output) => targets.get(output),
      }),
    };
    const traced = instrumentedSession(state, config, tracerProvider);
    const planned = await planQuery(traced, specPlan(spec), this.context);
    this.#planned = planned;
    this.#planFingerprint = await planFingerprint(planned.logicalPlan, readSyntax);
    this.#root?.setPlanFingerprint(this.#planFingerprint);
    await this.#noteEnvelope(inputs);
    return spec.outputs.map((output, index) => {
      const node = planned.plan.children[index];
      if (node === undefined)
        throw new Error(`[planscope/engine] a rule took away the plan of output "${output.name}"`);
      return { output, node, target: targets.get(output) };
    });
  }

  async #noteEnvelope(inputs: readonly InputIdentity[]): Promise<void> {
    const { session } = this.#environment;
    this.#envelopeHash = envelopeHash({
      engine: { name: 'duckdb', version: session.version },
      planscope: PLANSCOPE_VERSION,
      settings: await session.settings(),
      inputs,
    });
    this.#root?.setEnvelopeHash(this.#envelopeHash);
  }

  #result(status: ExecutionStatus): RunResult {
    const { run } = this.context;
    const traceId = this.#root?.traceId;
    return {
      runId: run.runId,
      ...(traceId === undefined ? {} : { traceId }),
      status,
      ...(run.specHash === undefined ? {} : { specHash: run.specHash }),
      ...(this.#envelopeHash === undefined ? {} : { envelopeHash: this.#envelopeHash }),
      ...(run.rulepackFingerprint === undefined ? {} : { rulepackFingerprint: run.rulepackFingerprint }),
      ...(this.#planFingerprint === undefined ? {} : { planFingerprint: this.#planFingerprint }),
      outputs: this.#outputs,
      ...(this.#planned === undefined ? {} : { plan: runPlan(this.#planned, this.#records, this.#config) }),
      operators: this.#collector.operators(),
      summary: this.#collector.summary(this.#warnings),
      warnings: this.#warnings,
      startedAt: this.#startedAt,
      completedAt: new Date(),
    };
  }

  /** A listener that fails is its program's mistake, not the run's. */
  #tell(result: RunResult): void {
    try {
      this.#environment.options.onRunEnd?.(result);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error), { code: 'PLANSCOPE_ON_RUN_END' });
    }
  }
}

function identityOf(prepared: PreparedRun | RefusedRun): RunIdentity {
  const { ruleMode, customSpanFields } = prepared.config;
  const runId = randomUUID();
  if ('failure' in prepared) return { runId, ruleMode, customFields: customSpanFields };
  const { spec, specHash, rulepackFingerprint } = prepared;
  return {
    runId,
    specHash,
    rulepackFingerprint,
    profile: spec.rulepack?.profile ?? 'default',
    ruleMode,
    customFields: { ...customSpanFields, ...spec.runtime?.tags },
  };
}
