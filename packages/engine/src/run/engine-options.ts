import type { Context, MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { ConfigFile, TracingConfigInput } from '@planscope/config';
import type { DuckDBSessionOptions, QueryParameters } from '@planscope/duckdb';
import type { ObjectCacheOptions, StoreRegistry } from '@planscope/object-store';
import type { AnalyzerRule, OptimizerRule, PhysicalOptimizerRule } from '@planscope/plan';
import type { EngineName } from '../backend/engine-backend.ts';
import type { PlanCacheOptions } from '../reuse/plan-cache.ts';
import type { TrinoOptions } from '../trino/trino-options.ts';
import type { RunResult } from './run-result.ts';

/** What a specification may record beyond the tracing configuration of the program. Default: nothing. */
export interface SpecificationRights {
  /** Set `privacy` fields to `keep` that are `redact` in the program. */
  readonly loosenPrivacy?: boolean;
  /** Set larger previews than the program, or hide fewer columns in them. */
  readonly loosenPreview?: boolean;
}

/** Options of an engine. All of them have defaults. */
export interface EngineOptions {
  /**
   * What runs the queries. Default: `duckdb`. With `trino`, `trino` has to say which cluster, and `@planscope/trino` has to be
   * installed. Options of the other engine have no effect, so a program can set both and choose here.
   */
  readonly engine?: EngineName;
  /** How the Trino cluster is reached. */
  readonly trino?: TrinoOptions;
  /** Tracing configuration, including `preset`. It overrides the environment; a specification overrides it. */
  readonly tracing?: TracingConfigInput;
  /**
   * What specifications may record beyond this configuration. Default: nothing, so they can only redact more and
   * preview less.
   */
  readonly specificationMay?: SpecificationRights;
  /** A configuration file from `loadConfigFile`; the environment overrides it. */
  readonly configFile?: ConfigFile;
  /** Variables that configure tracing. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Creates the spans. Default: the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Receives the metrics of every run. Default: the global provider at the time the engine is created. */
  readonly meterProvider?: MeterProvider;
  /** Size of the history of runs in memory; `maxRuns` defaults to 1000. */
  readonly history?: { readonly maxRuns?: number };
  /**
   * Folders and URLs that all locations of specifications must be in, after links and `..` are resolved. DuckDB refuses
   * all other files in SQL, as well as extensions that are not built in; Trino reads in SQL what its user may read. Default:
   * everything that the process can access.
   */
  readonly allowedRoots?: readonly string[];
  /** The stores for locations. Default: a registry with the file and memory stores. */
  readonly stores?: StoreRegistry;
  /**
   * Folder and size of the cache for remote objects, which DuckDB reads as local files; false keeps no objects between
   * runs. Default: 4 GiB in a folder for this user below the operating system's folder for temporary files.
   */
  readonly objectCache?: ObjectCacheOptions | false;
  /** Number of plans to keep for later runs over the same inputs; false plans every run from scratch. Default: 64. */
  readonly planCache?: PlanCacheOptions | false;
  /** How the DuckDB instance is opened. */
  readonly duckdb?: Omit<DuckDBSessionOptions, 'events' | 'allowedDirectories'>;
  /** Rules to run after the engine's own. */
  readonly rules?: ExtraRules;
  /** Called when a run has ended, with any status. If it throws, the error is reported as a process warning. */
  readonly onRunEnd?: (result: RunResult) => void;
}

/** The rules of a program, by phase. */
export interface ExtraRules {
  readonly analyzer?: readonly AnalyzerRule[];
  readonly optimizer?: readonly OptimizerRule[];
  readonly physical?: readonly PhysicalOptimizerRule[];
}

/** Options of one run that are not part of its specification. */
export interface RunOptions {
  /** Stops the run, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Values for the parameters `$name` of the views and the query. They are bound, so they never become part of SQL, and
   * are part of the envelope's hash, not of the specification's. Default: none.
   */
  readonly parameters?: QueryParameters;
  /** Context of the caller; its span becomes the parent of the root span. Default: the active context. */
  readonly otelContext?: Context;
}
