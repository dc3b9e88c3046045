import type { TracerProvider } from '@opentelemetry/api';
import type { DuckDBSession } from '@planscope/duckdb';
import type { ObjectCache, StoreRegistry } from '@planscope/object-store';
import type { RunStatistics } from '../statistics/run-statistics.ts';
import type { EngineOptions } from './engine-options.ts';

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
