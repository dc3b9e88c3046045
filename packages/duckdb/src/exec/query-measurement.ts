import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { ExecutionStatus, WarningSink } from '@planscope/plan';
import { type FileActivity, mergeActivity } from '../log/file-activity.ts';
import type { IoLog } from '../log/io-log.ts';
import { type ProfileFault, parseProfile } from '../profile/parse-profile.ts';
import { takeProfile } from '../profile/profile-folder.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import { explainPlans, type PlanTexts } from '../report/plan-texts.ts';
import { quoteString } from '../sql/quote.ts';

const PLANS_LIMIT_MS = 150;

type MeasurementWarningCode = 'plans-unavailable' | 'io-log-unreadable' | 'io-log-overflow' | ProfileFault;

/** How one query is measured. */
export interface MeasurementOptions {
  /** The query's own. */
  readonly connection: DuckDBConnection;
  /** Version of DuckDB. */
  readonly version: string;
  readonly ioLog: IoLog | undefined;
  /** Where the profile goes; undefined for none. */
  readonly profilePath: string | undefined;
  readonly warn: WarningSink;
}

/** What was measured; what could not be is undefined, and a warning says why. */
export interface Measured {
  readonly profile: QueryProfile | undefined;
  readonly activity: readonly FileActivity[] | undefined;
}

/** Takes the measure of one query beside its rows. Nothing that goes wrong here reaches the query. */
export class QueryMeasurement {
  readonly #options: MeasurementOptions;
  #activityOfPreparing: readonly FileActivity[] = [];
  #isLogged = false;

  constructor(options: MeasurementOptions) {
    this.#options = options;
  }

  /** To be called before the connection reads anything. */
  async begin(): Promise<void> {
    const { ioLog } = this.#options;
    if (ioLog === undefined) return;
    this.#isLogged = true;
    await ioLog.begin();
  }

  /** Has the statements from here on profiled, each over the one before. */
  async profileNext(): Promise<void> {
    const { connection, profilePath } = this.#options;
    if (profilePath !== undefined) await connection.run(enableProfiling(profilePath));
  }

  async prepare(text: string): Promise<DuckDBPreparedStatement> {
    const { connection, ioLog } = this.#options;
    const prepare = (): Promise<DuckDBPreparedStatement> => connection.prepare(text);
    if (ioLog === undefined) return prepare();
    return ioLog.preparing(prepare, (activity) => {
      this.#activityOfPreparing = activity;
    });
  }

  async take(status: ExecutionStatus): Promise<Measured> {
    return { profile: await this.#takeProfile(status), activity: await this.#takeActivity() };
  }

  /**
   * Has the query planned once more, to show its plans.
   *
   * @param limit milliseconds after which it is given up; default 150, as a report is not waited for long
   */
  takePlans(text: string, limit: number = PLANS_LIMIT_MS): Promise<PlanTexts | undefined> {
    const { connection } = this.#options;
    return this.#attempt('plans-unavailable', async () => {
      await connection.run('PRAGMA disable_profiling');
      const timer = setTimeout(() => connection.interrupt(), limit);
      return explainPlans(connection, text).finally(() => clearTimeout(timer));
    });
  }

  async #takeProfile(status: ExecutionStatus): Promise<QueryProfile | undefined> {
    const { profilePath, version } = this.#options;
    if (profilePath === undefined) return undefined;
    const taken = await this.#attempt('profile-unreadable', async () => ({ text: await takeProfile(profilePath) }));
    // DuckDB writes none for a query that did not come to its end.
    if (taken === undefined || status !== 'ok') return undefined;
    const parsed = parseProfile(taken.text, version);
    if ('profile' in parsed) return parsed.profile;
    this.#warn(parsed.fault, `${parsed.reason}; operators and planning are missing from the trace`);
    return undefined;
  }

  async #takeActivity(): Promise<readonly FileActivity[] | undefined> {
    const { ioLog, connection, profilePath } = this.#options;
    if (ioLog === undefined || !this.#isLogged) return undefined;
    const taken = await this.#attempt('io-log-unreadable', async () => ({
      activity: await ioLog.take(connection.clientContext.connectionId, profilePath),
    }));
    if (taken === undefined) return undefined;
    if (taken.activity !== undefined) return mergeActivity([...this.#activityOfPreparing, ...taken.activity]);
    const why = 'more reads and writes than maxLoggedEvents were logged, so those of this query are not told';
    this.#warn('io-log-overflow', `${why}; raise the limit`);
    return undefined;
  }

  async #attempt<T>(code: MeasurementWarningCode, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      // DuckDB's messages can hold rows.
      this.#warn(code, `what was measured of the query could not be taken (${(error as Error).name})`);
      return undefined;
    }
  }

  #warn(code: MeasurementWarningCode, message: string): void {
    this.#options.warn({ code, message, operator: 'DuckDBExec' });
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
