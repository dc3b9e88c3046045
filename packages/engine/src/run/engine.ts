import { setMaxListeners } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import { parseFilter, type TracingConfig } from '@planscope/config';
import { DuckDBSession } from '@planscope/duckdb';
import type { RunHistory } from '@planscope/metrics-collector';
import { createStoreRegistry, ObjectCache } from '@planscope/object-store';
import { AllowedRoots } from '../input/allowed-roots.ts';
import { PlanCache } from '../reuse/plan-cache.ts';
import type { ExecutionSpec, InputSpec, RulepackSpec, RuntimeSpec, ViewSpec } from '../spec/execution-spec.ts';
import { RunStatistics } from '../statistics/run-statistics.ts';
import { EngineError } from './engine-error.ts';
import type { EngineOptions, RunOptions } from './engine-options.ts';
import { collectOutput, type QueryStream, streamOutput } from './query-stream.ts';
import { Run } from './run.ts';
import type { RunEnvironment } from './run-environment.ts';
import type { RunResult } from './run-result.ts';
import { runTracing } from './run-tracing.ts';

/** One query whose rows are streamed back. */
export interface StreamQuery {
  /** One SELECT statement. */
  readonly sql: string;
  readonly inputs?: readonly InputSpec[];
  readonly views?: readonly ViewSpec[];
  readonly rulepack?: RulepackSpec;
  readonly runtime?: RuntimeSpec;
}

/** Runs specifications, each as one trace. */
export interface Engine {
  /**
   * Makes every output of a specification, one after another.
   *
   * @throws SpecError, ConfigError, ObjectStoreError or what DuckDB says, unaltered; the signal's reason when stopped
   */
  run(spec: ExecutionSpec, options?: RunOptions): Promise<RunResult>;
  /**
   * Plans one query and hands back its rows as they come.
   *
   * @throws as `run` does, for what fails before the first row; later failures are thrown by the stream
   */
  stream(query: StreamQuery, options?: RunOptions): Promise<QueryStream>;
  /**
   * Takes other filter directives from the next run on, in place of `tracing.filter`; a specification's own still win.
   * Without a text the engine goes back to what it was made with.
   *
   * @param directives as in `info,FilterExec=debug,object_store=off`
   * @throws ConfigError that names every directive that is wrong; the directives so far then stay
   */
  setFilter(directives?: string): void;
  /** The last runs by fingerprint: how often, how slow, which was the slowest. */
  readonly history: RunHistory;
  /** Stops what still runs and lets go of DuckDB. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens an engine with its own DuckDB instance.
 *
 * @throws ConfigError when the tracing configuration is wrong, RangeError when `history.maxRuns` or `planCache.maxEntries`
 * is not a whole number from 1 up, ObjectCacheError when `objectCache` is invalid, DuckDBError when the instance cannot be
 * opened
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { config } = runTracing(options);
  const statistics = new RunStatistics({ meterProvider: options.meterProvider, maxRuns: options.history?.maxRuns });
  const objectCache = options.objectCache === false ? undefined : new ObjectCache(options.objectCache);
  const planCache = options.planCache === false ? undefined : new PlanCache(options.planCache);
  const stores = options.stores ?? createStoreRegistry();
  const roots = options.allowedRoots && new AllowedRoots(options.allowedRoots, stores);
  const folder = roots && (await realpath(await mkdtemp(join(tmpdir(), 'planscope-engine-'))));
  const session = await openSession(options, config, roots, [folder, objectCache?.folder]).catch(async (error) => {
    await removeFolder(folder);
    throw error;
  });
  return new DuckDBEngine({
    session,
    roots,
    folder,
    settings: await session.settings(),
    stores,
    objectCache,
    planCache,
    tracerProvider: options.tracerProvider ?? trace.getTracerProvider(),
    statistics,
    options,
  });
}

async function openSession(
  options: EngineOptions,
  config: TracingConfig,
  roots: AllowedRoots | undefined,
  own: readonly (string | undefined)[],
): Promise<DuckDBSession> {
  const folders = own.filter((folder) => folder !== undefined);
  return DuckDBSession.open({
    ...options.duckdb,
    events: config.enabled && config.instrumentObjectStore ? ['reads', 'requests'] : [],
    ...(roots && { allowedDirectories: [...(await roots.directories()), ...folders] }),
  });
}

async function removeFolder(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

const STREAM_NAME = 'result';

class DuckDBEngine implements Engine {
  readonly #tracing: EngineOptions['tracing'];
  #environment: RunEnvironment;
  readonly #closed = new AbortController();
  /** Settle when their runs have ended. */
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
    this.#closed.abort(new EngineError('engine-closed', 'the engine was closed while this ran'));
    await Promise.all(this.#runs);
    await this.#environment.session.close();
    await removeFolder(this.#environment.folder);
  }

  async #plan(spec: ExecutionSpec, options: RunOptions): ReturnType<typeof Run.plan> {
    if (this.#closed.signal.aborted) throw new EngineError('engine-closed', 'the engine is closed; create another one');
    const signals = options.signal === undefined ? [] : [options.signal];
    const signal = AbortSignal.any([this.#closed.signal, ...signals]);
    // Every operator and every request of a run may listen to it; that is no leak.
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
