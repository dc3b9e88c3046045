import type { TracerProvider } from '@opentelemetry/api';
import type { StoreRegistry } from '@planscope/object-store';
import type { EngineBackend } from '../backend/engine-backend.ts';
import type { PlanCache } from '../reuse/plan-cache.ts';
import type { RunStatistics } from '../statistics/run-statistics.ts';
import type { EngineOptions } from './engine-options.ts';

/** What all runs of an engine share. */
export interface RunEnvironment {
  readonly backend: EngineBackend;
  readonly stores: StoreRegistry;
  /** Undefined if every run is planned from scratch. */
  readonly planCache: PlanCache | undefined;
  readonly tracerProvider: TracerProvider;
  readonly statistics: RunStatistics;
  readonly options: EngineOptions;
}
