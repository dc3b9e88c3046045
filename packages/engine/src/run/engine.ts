import { setMaxListeners } from 'node:events';
import { trace } from '@opentelemetry/api';
import { parseFilter, type TracingConfig } from '@planscope/config';
import type { RunHistory } from '@planscope/metrics-collector';
import { createStoreRegistry, type StoreRegistry } from '@planscope/object-store';
import { DuckDBBackend } from '../backend/duckdb-backend.ts';
import type { EngineBackend } from '../backend/engine-backend.ts';
import { PlanCache } from '../reuse/plan-cache.ts';
import type { ExecutionSpec, InputSpec, RulepackSpec, RuntimeSpec, ViewSpec } from '../spec/execution-spec.ts';
import { RunStatistics } from '../statistics/run-statistics.ts';
import { TrinoBackend } from '../trino/trino-backend.ts';
import { EngineError } from './engine-error.ts';
import type { EngineOptions, RunOptions } from './engine-options.ts';
import { collectOutput, type QueryStream, streamOutput } from './query-stream.ts';
import { Run } from './run.ts';
import type { RunEnvironment } from './run-environment.ts';
import type { RunResult } from './run-result.ts';
import { runTracing } from './run-tracing.ts';

/** One query whose rows are streamed. */
export interface StreamQuery {
  /** One SELECT statement. */
  readonly sql: string;
  readonly inputs?: readonly InputSpec[];
  readonly views?: readonly ViewSpec[];
  readonly rulepack?: RulepackSpec;
  readonly runtime?: RuntimeSpec;
}

/** Runs specifications. Each run is one trace. */
export interface Engine {
  /**
   * Computes the outputs of a specification one after another.
   *
   * @throws SpecError, ConfigError, ObjectStoreError, or the error of DuckDB or Trino, unaltered; the signal's reason if it is stopped
   */
  run(spec: ExecutionSpec, options?: RunOptions): Promise<RunResult>;
  /**
   * Plans one query and returns its rows as a stream.
   *
   * @throws the errors of `run` for failures before the first row; the stream throws later failures
   */
  stream(query: StreamQuery, options?: RunOptions): Promise<QueryStream>;
  /**
   * Replaces `tracing.filter` for later runs. The filter of a specification still takes precedence. Without an
   * argument, the original filter applies again.
   *
   * @param directives for example `info,FilterExec=debug,object_store=off`
   * @throws ConfigError with every invalid directive; the filter is then unchanged
   */
  setFilter(directives?: string): void;
  /** The last runs by fingerprint: their number, durations and the slowest run. */
  readonly history: RunHistory;
  /** Stops running queries and closes what was opened. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens an engine with its own DuckDB instance, or one that runs its queries on a Trino cluster.
 *
 * @throws ConfigError if the tracing configuration is invalid, RangeError if `history.maxRuns` or
 * `planCache.maxEntries` is not a whole number from 1 up, ObjectCacheError if `objectCache` is invalid, DuckDBError if
 * the instance cannot be opened, EngineError `invalid-option` or `missing-package`, TrinoClientError if the cluster cannot
 * be reached
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { config } = runTracing(options);
  const statistics = new RunStatistics({ meterProvider: options.meterProvider, maxRuns: options.history?.maxRuns });
  const planCache = options.planCache === false ? undefined : new PlanCache(options.planCache);
  const stores = options.stores ?? createStoreRegistry();
  const backend = await openBackend(options, config, stores);
  return new BackendEngine({
    backend,
    stores,
    planCache,
    tracerProvider: options.tracerProvider ?? trace.getTracerProvider(),
    statistics,
    options,
  });
}

async function openBackend(
  options: EngineOptions,
  config: TracingConfig,
  stores: StoreRegistry,
): Promise<EngineBackend> {
  const { engine = 'duckdb' } = options;
  if (engine === 'duckdb') return DuckDBBackend.open(options, config, stores);
  if (engine === 'trino') return TrinoBackend.open(options, stores);
  throw new EngineError('invalid-option', `engine: ${JSON.stringify(engine)} is not known; use "duckdb" or "trino"`);
}

const STREAM_NAME = 'result';

class BackendEngine implements Engine {
  readonly #tracing: EngineOptions['tracing'];
  #environment: RunEnvironment;
  readonly #closed = new AbortController();
  /** Promises that resolve when the runs have ended. */
  readonly #runs = new Set<Promise<unknown>>();

  constructor(environment: RunEnvironment) {
    this.#environment = environment;
    this.#tracing = environment.options.tracing;
  }

  get history(): RunHistory {
    return this.#environment.statistics.history;
  }

  async run(spec: ExecutionSpec, options: RunOptions = {}): Promise<RunResult> {
    const { run, outputs } = await this.#plan(spec, options);
    try {
      for (const output of outputs) run.completed(await collectOutput(output, run.context));
    } catch (error) {
      await run.fail(error);
      throw error;
    }
    return run.end('ok');
  }

  async stream({ sql, views = [], ...query }: StreamQuery, options: RunOptions = {}): Promise<QueryStream> {
    const spec: ExecutionSpec = {
      version: 1,
      ...query,
      views: [...views, { name: STREAM_NAME, sql }],
      outputs: [{ name: STREAM_NAME, from: STREAM_NAME }],
    };
    const { run, outputs } = await this.#plan(spec, options);
    const [output] = outputs;
    if (output === undefined) throw new Error('[planscope/engine] the query has no output');
    return streamOutput(run, output);
  }

  setFilter(directives?: string): void {
    if (directives !== undefined) parseFilter(directives);
    const filter = directives === undefined ? {} : { filter: directives };
    const { options } = this.#environment;
    this.#environment = { ...this.#environment, options: { ...options, tracing: { ...this.#tracing, ...filter } } };
  }

  async close(): Promise<void> {
    this.#closed.abort(new EngineError('engine-closed', 'the engine was closed during the run'));
    await Promise.all(this.#runs);
    await this.#environment.backend.close();
  }

  async #plan(spec: ExecutionSpec, options: RunOptions): ReturnType<typeof Run.plan> {
    if (this.#closed.signal.aborted) throw new EngineError('engine-closed', 'the engine is closed; create another one');
    const signals = options.signal === undefined ? [] : [options.signal];
    const signal = AbortSignal.any([this.#closed.signal, ...signals]);
    // Every operator and every request of a run may add a listener, so many listeners are not a leak.
    setMaxListeners(0, signal);
    const planning = Run.plan(this.#environment, spec, { ...options, signal });
    const ended = planning.then(
      ({ run }) => run.ended,
      () => {},
    );
    this.#runs.add(ended);
    void ended.then(() => this.#runs.delete(ended));
    return planning;
  }
}
