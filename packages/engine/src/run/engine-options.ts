import type { Context, MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { ConfigFile, TracingConfigInput } from '@planscope/config';
import type { DuckDBSessionOptions } from '@planscope/duckdb';
import type { ObjectCacheOptions, StoreRegistry } from '@planscope/object-store';
import type { AnalyzerRule, OptimizerRule, PhysicalOptimizerRule } from '@planscope/plan';
import type { PlanCacheOptions } from '../reuse/plan-cache.ts';
import type { RunResult } from './run-result.ts';

/** What a specification may show beyond the tracing configuration of the program; nothing by default. */
export interface SpecificationRights {
  /** Set `privacy` switches to `keep` that the program has on `redact`. */
  readonly loosenPrivacy?: boolean;
  /** Have larger previews than the program, or hide fewer columns in them. */
  readonly loosenPreview?: boolean;
}

/** What an engine is made of; every part has a default. */
export interface EngineOptions {
  /** Tracing configuration in code, its `preset` among it; stronger than the environment, weaker than a specification's own. */
  readonly tracing?: TracingConfigInput;
  /** What specifications may show beyond this configuration; default nothing: they can only redact more and preview less. */
  readonly specificationMay?: SpecificationRights;
  /** What a configuration file says, from `loadConfigFile`; weaker than the environment. */
  readonly configFile?: ConfigFile;
  /** Variables that configure tracing; default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Makes the spans; default the global provider. */
  readonly tracerProvider?: TracerProvider;
  /** Takes the metrics of every ended run; default the global provider as it is when the engine is made. */
  readonly meterProvider?: MeterProvider;
  /** The last runs, kept in memory; `maxRuns` defaults to 1000. */
  readonly history?: { readonly maxRuns?: number };
  /**
   * Folders and URLs that all locations of specifications stay under, after links and `..` are resolved; DuckDB refuses every other
   * file, whatever the SQL names, and extensions that are not built in. Default: all that the process has access to.
   */
  readonly allowedRoots?: readonly string[];
  /** Where locations lead; default a registry with the file and memory stores. */
  readonly stores?: StoreRegistry;
  /**
   * Where objects of remote stores are kept, which DuckDB reads as local files, and how much of them; false keeps none from
   * one run to the next. Default 4 GiB in a folder for this user below the operating system's temporary one.
   */
  readonly objectCache?: ObjectCacheOptions | false;
  /** How many plans are kept for later runs over the same inputs; false plans every run from scratch. Default 64. */
  readonly planCache?: PlanCacheOptions | false;
  /** How the DuckDB instance is opened. */
  readonly duckdb?: Omit<DuckDBSessionOptions, 'events' | 'allowedDirectories'>;
  /** Rules to run after the engine's own. */
  readonly rules?: ExtraRules;
  /** Called when a run has ended, however it ended; what it throws is reported as a warning of the process. */
  readonly onRunEnd?: (result: RunResult) => void;
}

/** A program's own rules, by the phase they run in. */
export interface ExtraRules {
  readonly analyzer?: readonly AnalyzerRule[];
  readonly optimizer?: readonly OptimizerRule[];
  readonly physical?: readonly PhysicalOptimizerRule[];
}

/** What belongs to one run, not to its specification. */
export interface RunOptions {
  /** Stops the run; what it then throws is the signal's reason. */
  readonly signal?: AbortSignal;
  /** Context of the caller, whose span becomes the parent of the root span; default the active one. */
  readonly otelContext?: Context;
}
