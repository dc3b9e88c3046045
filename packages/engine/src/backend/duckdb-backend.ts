import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TracingConfig } from '@planscope/config';
import { DuckDBSession, duckdbDialect, duckdbReportRecorders } from '@planscope/duckdb';
import { ObjectCache, type StoreRegistry } from '@planscope/object-store';
import type { ReportRecorder } from '@planscope/plan';
import type { SqlDialect } from '@planscope/redaction';
import { AllowedRoots } from '../input/allowed-roots.ts';
import { extensionsFor } from '../input/direct-access.ts';
import type { EngineOptions } from '../run/engine-options.ts';
import { type DuckDBMeans, DuckDBRun } from './duckdb-run.ts';
import type { BackendRun, EngineBackend, ReportOptions, RunToPrepare } from './engine-backend.ts';
import { outcomeWait } from './query-recording.ts';

/** A DuckDB instance of the engine's own. */
export class DuckDBBackend implements EngineBackend {
  readonly name = 'duckdb';
  readonly dialect: SqlDialect = duckdbDialect;
  readonly version: string;
  readonly #means: DuckDBMeans;

  private constructor(
    means: DuckDBMeans,
    /** Read only once because they are fixed when the instance is opened. */
    readonly settings: Readonly<Record<string, string>>,
  ) {
    this.#means = means;
    this.version = means.session.version;
  }

  /** @throws ObjectCacheError if `objectCache` is invalid, DuckDBError if the instance cannot be opened */
  static async open(options: EngineOptions, config: TracingConfig, stores: StoreRegistry): Promise<DuckDBBackend> {
    const objectCache = options.objectCache === false ? undefined : new ObjectCache(options.objectCache);
    const roots = options.allowedRoots && new AllowedRoots(options.allowedRoots, stores);
    const folder = roots && (await realpath(await mkdtemp(join(tmpdir(), 'planscope-engine-'))));
    const session = await openSession(options, config, roots, [folder, objectCache?.folder]).catch(async (error) => {
      await removeFolder(folder);
      throw error;
    });
    return new DuckDBBackend({ session, objectCache, roots, folder }, await session.settings());
  }

  prepare(run: RunToPrepare): BackendRun {
    return new DuckDBRun(this.#means, run);
  }

  reportRecorders(options: ReportOptions): ReportRecorder[] {
    return duckdbReportRecorders(options);
  }

  outcomeWait(config: TracingConfig): number {
    return outcomeWait(config);
  }

  async close(): Promise<void> {
    await this.#means.session.close();
    await removeFolder(this.#means.folder);
  }
}

async function openSession(
  options: EngineOptions,
  config: TracingConfig,
  roots: AllowedRoots | undefined,
  own: readonly (string | undefined)[],
): Promise<DuckDBSession> {
  const folders = own.filter((folder) => folder !== undefined);
  const remote = roots?.urls ?? [];
  return DuckDBSession.open({
    ...options.duckdb,
    events: config.enabled && config.instrumentObjectStore ? ['reads', 'requests'] : [],
    ...(roots && {
      allowedDirectories: [...(await roots.directories()), ...remote, ...folders],
      preload: [...(options.duckdb?.preload ?? []), ...extensionsFor(remote)],
    }),
  });
}

async function removeFolder(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
