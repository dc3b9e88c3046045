import type { TracerProvider } from '@opentelemetry/api';
import type { DuckDBSession } from '@planscope/duckdb';
import type { ObjectCache, StoreRegistry } from '@planscope/object-store';
import type { AllowedRoots } from '../input/allowed-roots.ts';
import type { PlanCache } from '../reuse/plan-cache.ts';
import type { RunStatistics } from '../statistics/run-statistics.ts';
import type { EngineOptions } from './engine-options.ts';

/** What all runs of an engine share. */
export interface RunEnvironment {
  readonly session: DuckDBSession;
  /** Settings of the session, read only once because they are fixed when the instance is opened. */
  readonly settings: Readonly<Record<string, string>>;
  readonly stores: StoreRegistry;
  /** Undefined if no objects are kept between runs. */
  readonly objectCache: ObjectCache | undefined;
  /** Undefined if every run is planned from scratch. */
  readonly planCache: PlanCache | undefined;
  readonly tracerProvider: TracerProvider;
  readonly statistics: RunStatistics;
  readonly options: EngineOptions;
  /** Undefined if locations may be anywhere. */
  readonly roots: AllowedRoots | undefined;
  /** Parent of the folders of runs; undefined for the system's folder for temporary files. */
  readonly folder: string | undefined;
}
