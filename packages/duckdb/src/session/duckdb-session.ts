import { rmSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { connectOwn } from '@planscope/internal/own-connection';
import type { WarningSink } from '@planscope/plan';
import { DuckDBError } from '../duckdb-error.ts';
import { EventLog, type LogProblem } from '../events/event-log.ts';
import { type QueryRecording, QueryRun } from '../exec/query-run.ts';
import { profilingRefusal } from '../measure/connection-profiler.ts';
import type { QuerySource } from '../report/create-report.ts';
import { type BoundQuery, bindQuery, type QueryOverInputs } from '../sql/bind-query.ts';
import { type BoundParameter, bindableParameters, type QueryParameters, readBound } from '../sql/query-parameters.ts';
import { parseSelect, type TreeNode } from '../sql/syntax-tree.ts';
import { type TableReference, tableReferences } from '../sql/table-references.ts';
import type { QueryDescription, QueryToDescribe } from './describe-query.ts';
import { Extensions } from './extensions.ts';
import { type LakeCatalogue, LakeCatalogues } from './lake-catalogues.ts';
import { QueryConnections } from './query-connections.ts';
import { type Secret, Secrets } from './secrets.ts';
import {
  claimDatabase,
  confine,
  type DuckDBSessionOptions,
  ownFolder,
  readSettings,
  type SettingValue,
  validateSessionOptions,
} from './session-options.ts';
import { type RequestObserver, watchingRequests } from './watched-requests.ts';

interface OpenParts {
  readonly instance: DuckDBInstance;
  /** Runs the statements of the session itself. */
  readonly connection: DuckDBConnection;
  readonly log: EventLog | LogProblem | undefined;
  readonly connections: QueryConnections;
  readonly extensions: Extensions;
  readonly secrets: Secrets;
  readonly lakes: LakeCatalogues;
  readonly version: string;
  /** Settings the instance was opened with. */
  readonly settings: Readonly<Record<string, string>>;
  readonly release: () => void;
  /** Folder for the profiles and the log of a session with `allowedDirectories`. */
  readonly folder: string | undefined;
  readonly allowedDirectories: readonly string[] | undefined;
}

/**
 * A DuckDB instance that Planscope owns. Each query has its own connection and its own measurements, so any number of
 * queries can run concurrently.
 */
export class DuckDBSession {
  /** Version of the DuckDB library, for example `v1.5.6`. */
  readonly version: string;
  readonly #parts: OpenParts;
  readonly #runs = new Set<QueryRun>();
  #closing: Promise<void> | undefined;

  private constructor(parts: OpenParts) {
    this.version = parts.version;
    this.#parts = parts;
  }

  /**
   * Opens an instance.
   *
   * @throws DuckDBError `invalid-option`, `database-in-use`, or `open-failed` with DuckDB's error as its cause
   */
  static async open(options: DuckDBSessionOptions = {}): Promise<DuckDBSession> {
    validateSessionOptions(options);
    const path = options.path ?? ':memory:';
    const settings = settingsOf(options);
    const release = claimDatabase(path);
    let instance: DuckDBInstance | undefined;
    let folder: string | undefined;
    try {
      instance = await DuckDBInstance.create(path, { ...downloads(options), ...settings });
      const connection = await connectOwn(instance);
      const version = String((await connection.runAndReadAll('SELECT version()')).getRows()[0]?.[0]);
      const { allowedDirectories } = options;
      const temporaryFolder = allowedDirectories === undefined ? options.temporaryFolder : ownFolder(options);
      folder = allowedDirectories && temporaryFolder;
      const refusal = await profilingRefusal(connection, temporaryFolder);
      const { events = [] } = options;
      const log =
        events.length === 0 ? undefined : await EventLog.open(instance, { folder: temporaryFolder, kinds: events });
      const connections = new QueryConnections({
        instance,
        log,
        events,
        refusal,
        temporaryFolder,
        confined: folder !== undefined,
      });
      const extensions = new Extensions(instance, connection, options);
      for (const name of options.preload ?? []) await extensions.load(name).catch(() => {});
      // Try profile and log before: the settings of a confined instance say that it permits no files at all.
      // The secret manager starts when it is first used, and cannot start in a confined instance.
      if ((options.preload ?? []).length > 0) await connection.run('FROM duckdb_secrets()');
      if (folder !== undefined) await confine(connection, [...(allowedDirectories ?? []), folder]);
      return new DuckDBSession({
        instance,
        connection,
        log,
        connections,
        extensions,
        secrets: new Secrets(connection),
        lakes: new LakeCatalogues(connection),
        version,
        settings,
        release,
        folder,
        allowedDirectories,
      });
    } catch (error) {
      instance?.closeSync();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      release();
      const text = `path ${JSON.stringify(path)} cannot be opened with these settings: ${(error as Error).message}`;
      throw new DuckDBError('open-failed', text, { cause: error });
    }
  }

  /** Whether reads and writes are logged. */
  get tracesIo(): boolean {
    return this.#parts.log !== undefined;
  }

  /**
   * Loads an extension for all queries of the session, unless it is loaded already.
   *
   * @param name for example `httpfs`
   * @throws DuckDBError `extension-missing` with what to do
   */
  async loadExtension(name: string): Promise<void> {
    this.#expectOpen();
    await this.#parts.extensions.load(name);
  }

  /**
   * Gives the queries of the session credentials for the locations below a URL.
   *
   * @throws DuckDBError `secret-refused`, without the credentials
   */
  async useSecret(secret: Secret): Promise<void> {
    this.#expectOpen();
    await this.#parts.secrets.use(secret);
  }

  /**
   * Attaches a DuckLake for all queries of the session, until it is released.
   *
   * @param location as in ATTACH, for example `ducklake:lake.ducklake`
   * @throws DuckDB's error, unaltered
   */
  async useLake(location: string): Promise<LakeCatalogue> {
    this.#expectOpen();
    return this.#parts.lakes.use(location);
  }

  /**
   * Runs a short query that is needed to plan another one, and returns its rows. It is not measured.
   *
   * @param observe gets the requests that it made, if the session logs requests
   * @throws DuckDB's error, unaltered
   */
  rows(query: QueryOverInputs, observe?: RequestObserver): Promise<readonly (readonly DuckDBValue[])[]> {
    return this.#onConnection(observe, async (connection) => {
      const { setup, text, parameters } = bindQuery(query);
      for (const statement of setup) await connection.run(statement);
      return (await readBound(connection, text, parameters)).getRows();
    });
  }

  /**
   * The relations one SELECT refers to, without catalog lookups.
   *
   * @throws DuckDBError `syntax` or `unsupported-statement`
   */
  async tableReferences(sql: string): Promise<TableReference[]> {
    this.#expectOpen();
    return tableReferences(this.#parts.connection, sql);
  }

  /**
   * The syntax tree of one SELECT from DuckDB's own parser, without catalog lookups.
   *
   * @throws DuckDBError `syntax` or `unsupported-statement`
   */
  async syntaxTree(sql: string): Promise<TreeNode> {
    this.#expectOpen();
    return parseSelect(this.#parts.connection, sql);
  }

  /**
   * Values for the parameters of queries, as they are bound. DuckDB casts those that have a type.
   *
   * @throws DuckDBError `invalid-parameter` for a value or type that cannot be bound
   * @throws DuckDB's unaltered error for a value that it cannot cast
   */
  async bindable(parameters: QueryParameters): Promise<readonly BoundParameter[]> {
    this.#expectOpen();
    return bindableParameters(this.#parts.connection, parameters);
  }

  /**
   * The columns of a query. A query with values for parameters is run for no rows, any other is only planned.
   *
   * @param observe gets the requests that DuckDB made to find them, if the session logs requests
   * @throws DuckDBError `unsupported-statement` for anything but one SELECT, `empty-input`
   * @throws DuckDB's unaltered error for unknown names, wrong types or invalid SQL
   */
  describe(query: QueryToDescribe, observe?: RequestObserver): Promise<QueryDescription> {
    return this.#onConnection(observe, async (connection) => {
      // Loads apache-arrow, which a program that only traces connections does without.
      const { describeQuery } = await import('./describe-query.ts');
      return describeQuery(connection, query);
    });
  }

  /**
   * Current values of the settings that affect a result or its speed: the settings the session was opened with, and a
   * fixed list. They are part of the identity of a run.
   */
  async settings(): Promise<Readonly<Record<string, string>>> {
    this.#expectOpen();
    return readSettings(this.#parts.connection, Object.keys(this.#parts.settings));
  }

  /**
   * Prepares the run of a bound query on a connection.
   *
   * @internal called by the plan node
   * @param warn called for everything that could not be recorded
   */
  async start(query: QuerySource, bound: BoundQuery, recording: QueryRecording, warn: WarningSink): Promise<QueryRun> {
    this.#expectOpen();
    const { connections, version, settings, allowedDirectories } = this.#parts;
    const shared = { connections, version, settings, allowedDirectories };
    const used = await connections.take(recording.profile !== false);
    const onEnd = (): void => void this.#runs.delete(run);
    const run = new QueryRun(query, bound, { ...used, ...shared, recording, warn, onEnd });
    this.#runs.add(run);
    return run;
  }

  /** Stops running queries with an error and closes the instance. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const reason = sessionClosed();
    await Promise.all([...this.#runs].map((run) => run.finish('error', reason).then(() => run.report)));
    const { connection, connections, log, instance, release, folder } = this.#parts;
    connections.close();
    connection.disconnectSync();
    if (typeof log === 'object') await log.close();
    instance.closeSync();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    release();
  }

  /** Calls a function with a connection of its own. */
  async #onConnection<T>(
    observe: RequestObserver | undefined,
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    this.#expectOpen();
    const { log, instance, connections } = this.#parts;
    if (observe !== undefined && typeof log === 'object') return watchingRequests(connections, observe, work);
    const connection = await connectOwn(instance);
    try {
      return await work(connection);
    } finally {
      connection.disconnectSync();
    }
  }

  #expectOpen(): void {
    if (this.#closing !== undefined) throw sessionClosed();
  }
}

function settingsOf({ settings = {}, externalFileCache }: DuckDBSessionOptions): Record<string, string> {
  const all: Record<string, SettingValue> = { ...settings };
  if (externalFileCache !== undefined) all.enable_external_file_cache = externalFileCache;
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

/**
 * Whether DuckDB may download an extension that a query needs, which it does by default. Not one of the settings of the
 * session, because no result depends on it.
 */
function downloads({ installExtensions = false }: DuckDBSessionOptions): Record<string, string> {
  return { autoinstall_known_extensions: String(installExtensions) };
}

function sessionClosed(): DuckDBError {
  return new DuckDBError('session-closed', 'the session is closed; open another one');
}
