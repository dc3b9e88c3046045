import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { createUnixClock, type EngineReport, type ExecutionStatus, type WarningSink } from '@planscope/plan';
import { type FileActivity, mergeActivity } from '../log/file-activity.ts';
import type { IoLog } from '../log/io-log.ts';
import { type ParsedProfile, parseProfile } from '../profile/parse-profile.ts';
import { takeProfile } from '../profile/profile-folder.ts';
import { createReport, type QuerySource } from '../report/create-report.ts';
import { explainPlans, type PlanTexts } from '../report/plan-texts.ts';
import { createViewStatement } from '../sql/input-binding.ts';
import { quoteString } from '../sql/quote.ts';
import { interruptOnAbort } from './interrupt-on-abort.ts';
import { ResultSource } from './result-source.ts';

/** What is measured of a query beside its rows. */
export interface QueryRecording {
  /** Take DuckDB's profile: planning and operators; default true. */
  readonly profile?: boolean;
  /** Have the query planned once more after its end, to show its plans; default false. */
  readonly plans?: boolean;
}

/** What a run needs of its session. */
export interface QueryRunEnvironment {
  readonly connection: DuckDBConnection;
  readonly version: string;
  readonly ioLog: IoLog | undefined;
  /** Where the profile goes; undefined for none. */
  readonly profilePath: string | undefined;
  readonly recordPlans: boolean;
  readonly warn: WarningSink;
  /** Called when the connection has been let go. */
  readonly onEnd: () => void;
}

/** One query on a connection of its own, from binding its inputs to its report. */
export class QueryRun {
  readonly #environment: QueryRunEnvironment;
  readonly #query: QuerySource;
  readonly #clock = createUnixClock();
  readonly #start = this.#clock();
  #source: ResultSource | undefined;
  #rowsWritten = 0;
  #reported!: (report: EngineReport | Promise<EngineReport>) => void;
  #activityOfPreparing: readonly FileActivity[] = [];
  #logged = false;
  #pending: Promise<unknown> = Promise.resolve();
  #finishing: { readonly reason: unknown; readonly done: Promise<void> } | undefined;
  /** What was measured; settles some time after `finish`, and never rejects. */
  readonly report: Promise<EngineReport> = new Promise((resolve) => {
    this.#reported = resolve;
  });

  constructor(query: QuerySource, environment: QueryRunEnvironment) {
    this.#query = query;
    this.#environment = environment;
  }

  /** Makes the inputs views of the connection and has its next statement profiled. */
  async prepare(): Promise<void> {
    const { connection, ioLog, profilePath } = this.#environment;
    if (ioLog !== undefined) {
      this.#logged = true;
      await ioLog.begin();
    }
    for (const input of this.#query.files.inputs) await this.#use(() => connection.run(createViewStatement(input)));
    if (profilePath !== undefined) await this.#use(() => connection.run(enableProfiling(profilePath)));
  }

  async stream(): Promise<ResultSource> {
    const statement = await this.#use(() => this.#prepareStatement());
    try {
      this.#source = new ResultSource(await this.#use(() => statement.stream()));
      return this.#source;
    } finally {
      statement.destroySync();
    }
  }

  async #prepareStatement(): Promise<DuckDBPreparedStatement> {
    const { connection, ioLog } = this.#environment;
    const prepare = (): Promise<DuckDBPreparedStatement> => connection.prepare(this.#query.text);
    if (ioLog === undefined) return prepare();
    return ioLog.preparing(prepare, (activity) => {
      this.#activityOfPreparing = activity;
    });
  }

  /**
   * Runs a COPY to its end.
   *
   * @returns rows written
   */
  async copy(): Promise<number> {
    const result = await this.#use(() => this.#environment.connection.run(this.#query.text));
    this.#rowsWritten = result.rowsChanged;
    return this.#rowsWritten;
  }

  /** Stops the query as soon as the signal is aborted; returns what takes that back. */
  interruptOn(signal: AbortSignal): () => void {
    return interruptOnAbort(this.#environment.connection, signal);
  }

  /**
   * Ends the run, however far it came. One that did not come to its end lets go of everything DuckDB holds for it before
   * this resolves. Never rejects; a second call waits for the first.
   *
   * @param reason thrown at whoever still fetches rows
   */
  finish(status: ExecutionStatus, reason?: unknown): Promise<void> {
    this.#finishing ??= { reason, done: this.#finish(status, reason) };
    return this.#finishing.done;
  }

  async #finish(status: ExecutionStatus, reason: unknown): Promise<void> {
    const window = { start: this.#start.toString(), end: this.#clock().toString() };
    if (status !== 'ok') await this.#stop(reason);
    const profile = await this.#profile(status);
    const activity = await this.#activity();
    const end = (plans?: PlanTexts): EngineReport => {
      const { connection, version, onEnd } = this.#environment;
      connection.disconnectSync();
      onEnd();
      const rows = this.#source?.rows ?? this.#rowsWritten;
      return createReport({ version, query: this.#query, status, window, rows, profile, activity, plans });
    };
    // Showing the plans has the query planned again, which its consumer need not wait for.
    if (status === 'ok' && this.#environment.recordPlans) this.#reported(this.#plans().then(end));
    else this.#reported(end());
  }

  /** A connection must not be let go while a statement of its own runs. */
  async #stop(reason: unknown): Promise<void> {
    const { connection } = this.#environment;
    const release = interruptOnAbort(connection, AbortSignal.abort());
    await this.#pending;
    await this.#source?.close(reason);
    release();
    // An interrupted stream keeps its files open until garbage collection, or until the connection has other work.
    await connection.run('SELECT 1').catch(() => {});
  }

  /** Every statement goes through here, so that ending the run can wait for the one under way. */
  async #use<T>(statement: () => Promise<T>): Promise<T> {
    const ended = this.#ended();
    if (ended !== undefined) throw ended;
    const running = statement();
    this.#pending = running.catch(() => {});
    try {
      return await running;
    } catch (error) {
      // What DuckDB says of an interrupt is not why the run was ended.
      throw this.#ended() ?? error;
    }
  }

  #ended(): unknown {
    return this.#finishing?.reason;
  }

  async #profile(status: ExecutionStatus): Promise<ParsedProfile | undefined> {
    const { profilePath, version } = this.#environment;
    if (profilePath === undefined) return undefined;
    const text = await this.#attempt('profile-unreadable', () => takeProfile(profilePath));
    // DuckDB writes none for a query that did not come to its end.
    if (status !== 'ok') return undefined;
    const parsed = parseProfile(text, version);
    if ('fault' in parsed)
      this.#warn(parsed.fault, `${parsed.reason}; operators and planning are missing from the trace`);
    return parsed;
  }

  async #activity(): Promise<readonly FileActivity[] | undefined> {
    const { ioLog, connection, profilePath } = this.#environment;
    if (ioLog === undefined || !this.#logged) return undefined;
    const taken = await this.#attempt('io-log-unreadable', async () => ({
      activity: await ioLog.take(connection.clientContext.connectionId, profilePath),
    }));
    if (taken !== undefined && taken.activity === undefined) {
      this.#warn(
        'io-log-overflow',
        'more reads and writes than maxLoggedEvents were logged, so those of this query are not told; raise the limit',
      );
    }
    return taken?.activity && mergeActivity([...this.#activityOfPreparing, ...taken.activity]);
  }

  async #plans(): Promise<PlanTexts | undefined> {
    const { connection } = this.#environment;
    return this.#attempt('plans-unavailable', async () => {
      await connection.run('PRAGMA disable_profiling');
      return explainPlans(connection, this.#query.text);
    });
  }

  async #attempt<T>(code: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      // DuckDB's messages can hold rows.
      this.#warn(code, `what was measured of the query could not be taken (${(error as Error).name})`);
      return undefined;
    }
  }

  #warn(code: string, message: string): void {
    this.#environment.warn({ code, message, operator: 'DuckDBExec' });
  }
}

/** All four hold for this connection alone; standard coverage leaves out COPY, INSERT and CREATE. */
function enableProfiling(path: string): string {
  return [
    `SET enable_profiling = 'json'`,
    `SET profiling_output = ${quoteString(path)}`,
    `SET profiling_mode = 'detailed'`,
    `SET profiling_coverage = 'all'`,
  ].join('; ');
}
