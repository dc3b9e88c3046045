import type { StoreRegistry } from '@planscope/object-store';
import type { ReportRecorder } from '@planscope/plan';
import type { SqlDialect } from '@planscope/redaction';
import type { TrinoSession } from '@planscope/trino';
import type { BackendRun, EngineBackend, ReportOptions, RunToPrepare } from '../backend/engine-backend.ts';
import { AllowedRoots } from '../input/allowed-roots.ts';
import { EngineError } from '../run/engine-error.ts';
import type { EngineOptions } from '../run/engine-options.ts';
import { checkFileOptions } from './cluster-files.ts';
import { checkFileCatalog } from './file-tables.ts';
import { loadTrino, type TrinoPackage } from './load-trino.ts';
import { ParquetFooters } from './parquet-footers.ts';
import type { TrinoOptions } from './trino-options.ts';
import { TrinoRun } from './trino-run.ts';

/** Time from the last answer for a report until it is drawn, in milliseconds. */
const READING_TIME = 1_000;

/** What a backend on Trino consists of. */
interface TrinoParts {
  readonly trino: TrinoPackage;
  readonly session: TrinoSession;
  readonly options: TrinoOptions;
  readonly roots: AllowedRoots | undefined;
}

/** A Trino cluster. Nothing is created in its catalogs but the tables of outputs, and for a run those over its files. */
export class TrinoBackend implements EngineBackend {
  readonly name = 'trino';
  readonly dialect: SqlDialect;
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly #parts: TrinoParts;
  readonly #footers = new ParquetFooters();
  #fileCatalog: Promise<void> | undefined;

  private constructor(parts: TrinoParts, version: string) {
    const { trino, session, options } = parts;
    this.#parts = parts;
    this.version = version;
    this.dialect = trino.trinoDialect;
    this.settings = settingsOf(session.server, options);
  }

  /**
   * @throws EngineError `invalid-option` without options of the cluster, `missing-package` without `@planscope/trino`
   * @throws TrinoClientError if the cluster cannot be reached or an option is invalid
   */
  static async open({ trino: options, allowedRoots }: EngineOptions, stores: StoreRegistry): Promise<TrinoBackend> {
    if (options === undefined) {
      const text =
        'trino: is missing; say which cluster, for example trino: { server: "https://trino.example", user: "etl" }';
      throw new EngineError('invalid-option', text);
    }
    const { files, ...cluster } = options;
    if (files !== undefined) checkFileOptions(files);
    const trino = await loadTrino();
    const session = new trino.TrinoSession(cluster);
    const roots = allowedRoots && new AllowedRoots(allowedRoots, stores);
    return new TrinoBackend({ trino, session, options, roots }, await session.version());
  }

  prepare(run: RunToPrepare): BackendRun {
    const means = { ...this.#parts, footers: this.#footers, checkFileCatalog: () => this.#checkFileCatalog() };
    return new TrinoRun(means, run);
  }

  /** Asks once; after an error again, since it may have been put right. */
  #checkFileCatalog(): Promise<void> {
    const { session, options } = this.#parts;
    if (options.files === undefined) return Promise.resolve();
    this.#fileCatalog ??= checkFileCatalog(session, options.files).catch((error: unknown) => {
      this.#fileCatalog = undefined;
      throw error;
    });
    return this.#fileCatalog;
  }

  /** Trino reports sums of what it read, without single reads, so there are no spans for these. */
  reportRecorders({ planning, operators }: ReportOptions): ReportRecorder[] {
    const { tracerProvider } = operators;
    return this.#parts.trino.trinoReportRecorders({
      planning,
      operators,
      ...(tracerProvider === undefined ? {} : { tracerProvider }),
    });
  }

  outcomeWait(): number {
    return this.#parts.session.reportTimeout + READING_TIME;
  }

  /** A cluster has no connections that stay open. */
  close(): Promise<void> {
    return this.#footers.close();
  }
}

/** Without credentials, headers and what only says who asks. */
function settingsOf(server: URL, { catalog, schema, timeZone, session = {} }: TrinoOptions): Record<string, string> {
  const properties = Object.entries(session).map(([name, value]) => [`session.${name}`, String(value)] as const);
  const named = Object.entries({ catalog, schema, timeZone }).filter(([, value]) => value !== undefined);
  return {
    server: server.origin,
    ...(Object.fromEntries(named) as Record<string, string>),
    ...Object.fromEntries(properties),
  };
}
