import { type DuckDBConnection, type DuckDBPreparedStatement, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import {
  createUnixClock,
  type EngineReport,
  type ExecutionStatus,
  type RunWarning,
  type WarningSink,
} from '@planscope/plan';
import { type Ablation, ablateOptimizers } from '../ablation/ablate-optimizers.ts';
import type { LoggedActivity } from '../events/activity-tally.ts';
import { interruptOnAbort } from '../measure/interrupts.ts';
import { ResultSource } from '../measure/lost-stream.ts';
import type { MeasuredConnection } from '../measure/measured-connection.ts';
import type { MeasuredQuery, RawMeasurement } from '../measure/measured-query.ts';
import { gapWarning, profilingWarnings, unknownKeysWarnings } from '../measure/measurement-warnings.ts';
import { progressOf } from '../measure/query-progress.ts';
import { parseProfile } from '../profile/parse-profile.ts';
import { needsNoDetail, profileSummary } from '../profile/profile-summary.ts';
import type { QueryProfile } from '../profile/query-profile.ts';
import { createReport, type QuerySource } from '../report/create-report.ts';
import { type ExplainedPlans, explainPlans, showingAllPlans, viewColumns } from '../report/explain-plans.ts';
import { type SeenObject, seenObjects } from '../report/seen-objects.ts';
import type { QueryConnections } from '../session/query-connections.ts';
import type { BoundQuery } from '../sql/bind-query.ts';
import { bindParameters, readBound } from '../sql/query-parameters.ts';
import { runningInDuckDB } from '../trace/running-queries.ts';
import { DEFAULT_THRESHOLDS, type WarningThresholds } from '../warnings/warning-thresholds.ts';
import type { CopyResult } from './output-files.ts';

/** Matches queries that change the state of their connection for the next query. */
const CHANGES_CONNECTION = /setseed/i;
/** Time limit for the EXPLAIN of a query: milliseconds are enough, except on a busy machine. */
const PLANS_LIMIT_MS = 1000;

/** What a query records besides its rows. */
export interface QueryRecording {
  /** Record DuckDB's profile: planning and operators. Default: true. */
  readonly profile?: boolean;
  /**
   * Plan the query again after its end to record its plans. Default: false. `per-optimizer` also determines the effect
   * of each optimizer on them, in a separate instance. Both delay the outcome, the plans alone by up to a second on a
   * busy machine, so operators have to wait for it: see `outcomeWait` of `instrumentExecution`.
   */
  readonly plans?: boolean | 'per-optimizer';
  /** Time limit for determining the effect of each optimizer, in milliseconds. Default: 1000. */
  readonly ablationLimit?: number;
  /**
   * A query that succeeds in fewer than `slowerThan` milliseconds, without spilling to disk, reports only its totals:
   * no planner and no operators. The decision is made before its profile is parsed.
   */
  readonly detail?: { readonly slowerThan: number };
  /** Thresholds at which a number in the profile raises a warning; false raises no warnings. */
  readonly warnings?: Partial<WarningThresholds> | false;
}

/** What a run needs of its session. */
export interface QueryRunEnvironment {
  readonly connection: DuckDBConnection;
  readonly version: string;
  /** Settings the instance was opened with. */
  readonly settings: Readonly<Record<string, string>>;
  /** Folders in which the instance may read files; undefined means everywhere. */
  readonly allowedDirectories: readonly string[] | undefined;
  readonly measured: MeasuredConnection;
  /** Takes the connection back, and explains queries. */
  readonly connections: QueryConnections;
  readonly recording: QueryRecording;
  readonly warn: WarningSink;
  /** Called when the run no longer needs its connection. */
  readonly onEnd: () => void;
}

/** What a second planning of the query showed. */
interface FoundPlans {
  readonly plans?: ExplainedPlans | undefined;
  /** Names of the columns of the inputs. */
  readonly columns?: readonly string[];
  readonly ablation?: Ablation;
}

/** One query on its own connection, from binding its inputs to its report. */
export class QueryRun {
  /** The measurements. Resolves some time after `finish` and never rejects. */
  readonly report: Promise<EngineReport>;
  readonly #reported: (report: EngineReport | Promise<EngineReport>) => void;
  readonly #query: QuerySource;
  readonly #bound: BoundQuery;
  readonly #environment: QueryRunEnvironment;
  readonly #clock = createUnixClock();
  readonly #start = this.#clock();
  #source: ResultSource | undefined;
  #rowsWritten = 0;
  #seen: readonly SeenObject[] = [];
  #measured: MeasuredQuery | undefined;
  #stopRunning = (): void => {};
  #pending: Promise<unknown> = Promise.resolve();
  #finishing: { readonly reason: unknown; readonly done: Promise<void> } | undefined;

  /** @param bound the text that DuckDB runs; unlike the recorded text, it contains the paths of the input files */
  constructor(query: QuerySource, bound: BoundQuery, environment: QueryRunEnvironment) {
    this.#query = query;
    this.#bound = bound;
    this.#environment = environment;
    let reported: (report: EngineReport | Promise<EngineReport>) => void = () => {};
    this.report = new Promise((resolve) => {
      reported = resolve;
    });
    this.#reported = reported;
  }

  /** Creates the views that the query needs and profiles the next statement of the connection. */
  async prepare(): Promise<void> {
    const { connection, measured, recording } = this.#environment;
    const [describe, progress] = [() => nameOf(this.#query), () => progressOf(connection)];
    await this.#use(() => measured.collectEvents(connection));
    if (this.#finishing === undefined) {
      this.#stopRunning = runningInDuckDB.add({ start: performance.now(), describe, progress });
    }
    const profile = recording.profile !== false;
    const { setup, text } = this.#bound;
    const characters = text.length;
    const observer = { displaced: () => {} };
    this.#measured = measured.begin({ characters, profile, start: this.#start, observer });
    for (const statement of setup) await this.#use(() => connection.run(statement));
    if (profile) await this.#use(() => measured.startProfiling(connection));
  }

  async stream(): Promise<ResultSource> {
    const { text, prepared, parameters } = this.#bound;
    const statement = await this.#use(() => this.#environment.connection.prepare(prepared?.text ?? text));
    try {
      if (prepared !== undefined) bindFiles(statement, prepared);
      bindParameters(statement, parameters);
      this.#source = new ResultSource(await this.#use(() => statement.stream()));
      return this.#source;
    } finally {
      statement.destroySync();
    }
  }

  /**
   * Runs a statement that writes rows, to its end.
   *
   * @param countColumn position of the number of rows in each row of its result
   * @returns rows written, and the rows of its result
   */
  async write(countColumn = 0): Promise<{ readonly rows: number; readonly result: CopyResult }> {
    const { text, parameters } = this.#bound;
    const reader = await this.#use(() => readBound(this.#environment.connection, text, parameters));
    const result = reader.getRows();
    // The driver counts no changed rows for CREATE TABLE AS, but the result has their number.
    this.#rowsWritten = result.reduce((sum, row) => sum + Number(row[countColumn] ?? 0), 0);
    return { rows: this.#rowsWritten, result };
  }

  /** Interrupts the query when the signal is aborted; the returned function stops listening. */
  interruptOn(signal: AbortSignal): () => void {
    return interruptOnAbort(this.#environment.connection, signal);
  }

  /**
   * Ends the run at any stage. If the query did not complete, DuckDB has released everything it held for the query when
   * the promise resolves. Never rejects; a second call waits for the first.
   *
   * @param reason thrown by every later fetch of rows
   */
  finish(status: ExecutionStatus, reason?: unknown): Promise<void> {
    this.#finishing ??= { reason, done: this.#finish(status, reason) };
    return this.#finishing.done;
  }

  /** States of the objects that the query names, as DuckDB's log has them. Known when `finish` has resolved. */
  get seenObjects(): readonly SeenObject[] {
    return this.#seen;
  }

  async #finish(status: ExecutionStatus, reason: unknown): Promise<void> {
    const { version, recording } = this.#environment;
    this.#stopRunning();
    const end = this.#clock();
    const window = { start: this.#start.toString(), end: end.toString() };
    if (status !== 'ok') await this.#stop(reason);
    const raw = (await this.#measured?.end(status)) ?? { isAmbiguous: false };
    const isSummary = status === 'ok' && needsNoDetail(raw, Number(end - this.#start), recording.detail?.slowerThan);
    const profile = isSummary ? undefined : this.#profile(raw, status);
    const summary = isSummary ? profileSummary(raw.profile, raw.peakOrigins) : undefined;
    const rows = this.#source?.rows ?? this.#rowsWritten;
    const thresholds = recording.warnings === false ? undefined : { ...DEFAULT_THRESHOLDS, ...recording.warnings };
    const activity = this.#activity(raw);
    this.#seen = seenObjects(
      activity?.requests ?? [],
      this.#query.files.inputs.flatMap(({ paths }) => paths),
    );
    const findings = { version, query: this.#query, status, window, rows, profile, summary, activity, thresholds };
    const report = (found: FoundPlans = {}): EngineReport => {
      const created = createReport({ ...findings, ...found });
      for (const warning of created.warnings) this.#warn(warning);
      return created.report;
    };
    const showsPlans = status === 'ok' && !isSummary && recording.plans !== undefined && recording.plans !== false;
    if (!showsPlans) this.#release(status === 'ok');
    // Planning the query again takes time, and the consumer does not have to wait for it.
    this.#reported(showsPlans ? this.#findPlans(profile).then(report) : report());
  }

  #profile({ profile: text, peakOrigins }: RawMeasurement, status: ExecutionStatus): QueryProfile | undefined {
    const { recording, measured, version } = this.#environment;
    if (recording.profile === false) return undefined;
    const isFinished = status === 'ok';
    // DuckDB 1.5 writes no profile for a query that did not complete.
    if (!isFinished && text === undefined) return undefined;
    const refused = profilingWarnings[measured.profiling];
    if (refused !== undefined) {
      this.#warn(refused);
      return undefined;
    }
    const parsed = parseProfile(text, version, { isFinished, peakOrigins });
    if ('profile' in parsed) {
      for (const warning of unknownKeysWarnings(version, parsed.unknownKeys)) this.#warn(warning);
      return isFinished || parsed.profile.query === this.#bound.text ? parsed.profile : undefined;
    }
    if (!isFinished) return undefined;
    this.#warn({
      code: parsed.fault,
      message: `${parsed.reason}; operators and planning are missing from the trace`,
    });
    return undefined;
  }

  #activity(raw: RawMeasurement): LoggedActivity | undefined {
    const activity = raw.activity?.();
    if (activity === undefined) return undefined;
    if (!('gap' in activity)) return activity.logged();
    this.#warn(gapWarning(activity.gap));
    return undefined;
  }

  async #findPlans(profile: QueryProfile | undefined): Promise<FoundPlans> {
    const { recording, settings, allowedDirectories } = this.#environment;
    const { files } = this.#query;
    const { text, parameters } = this.#bound;
    const found = await this.#explain();
    this.#release(true);
    const optimizers = profile?.planning?.optimizer.map(({ name }) => name) ?? [];
    if (recording.plans !== 'per-optimizer' || optimizers.length === 0) return found;
    const query = {
      text,
      parameters,
      inputs: files.inputs,
      settings,
      allowedDirectories,
      plans: found.plans ?? {},
      optimizers,
    };
    const ablation = await ablateOptimizers(query, recording.ablationLimit);
    this.#warnOf(ablation);
    return { ...found, ablation };
  }

  /** Plans the query again to get its plans. */
  async #explain(): Promise<FoundPlans> {
    const { connection, connections } = this.#environment;
    const { setup, text, parameters } = this.#bound;
    const explain = async (explaining: DuckDBConnection): Promise<ExplainedPlans> => {
      const timer = setTimeout(() => explaining.interrupt(), PLANS_LIMIT_MS);
      return await explainPlans(explaining, text, parameters).finally(() => clearTimeout(timer));
    };
    try {
      if (setup.length === 0) return { plans: await connections.explain(explain) };
      // Only this connection has the views of the inputs.
      await connection.run('PRAGMA disable_profiling');
      return { plans: await explain(await showingAllPlans(connection)), columns: await viewColumns(connection) };
    } catch (error) {
      // DuckDB's messages can contain rows.
      const message = `EXPLAIN of the query failed (${(error as Error).name}), so its plans are missing from the trace`;
      this.#warn({ code: 'plans-unavailable', message });
      return {};
    }
  }

  #warn(warning: RunWarning): void {
    this.#environment.warn({ operator: 'DuckDBExec', ...warning });
  }

  #warnOf(ablation: Ablation): void {
    const reasons = new Set(
      [...ablation.values()].flatMap((effect) => ('unavailable' in effect ? [effect.unavailable] : [])),
    );
    for (const reason of reasons) {
      const message = `the effect of some or all optimizers is unknown: ${reason}`;
      this.#warn({ code: 'ablation-unavailable', message });
    }
  }

  #release(isComplete: boolean): void {
    const { connection, connections, measured, onEnd } = this.#environment;
    const { setup, text } = this.#bound;
    connections.release({ connection, measured }, isComplete && setup.length === 0 && !CHANGES_CONNECTION.test(text));
    onEnd();
  }

  /** Waits for the running statement, because a connection must not be released before. */
  async #stop(reason: unknown): Promise<void> {
    const { connection } = this.#environment;
    const release = interruptOnAbort(connection, AbortSignal.abort());
    await this.#pending;
    await this.#source?.close(reason);
    release();
    // An interrupted stream keeps its files open until garbage collection, or until the connection has other work.
    await connection.run('SELECT 1').catch(() => {});
  }

  /** Every statement goes through here, so that the end of the run can wait for the running one. */
  async #use<T>(statement: () => Promise<T>): Promise<T> {
    if (this.#finishing !== undefined) throw this.#finishing.reason;
    const running = statement();
    this.#pending = running.catch(() => {});
    try {
      return await running;
    } catch (error) {
      // DuckDB reports only the interrupt; the caller needs the reason for it.
      throw this.#reasonOfEnd() ?? error;
    }
  }

  #reasonOfEnd(): unknown {
    return this.#finishing?.reason;
  }
}

function nameOf({ summary, operation }: QuerySource): Pick<QuerySource, 'summary' | 'operation'> {
  return { summary, operation };
}

function bindFiles(statement: DuckDBPreparedStatement, { files }: NonNullable<BoundQuery['prepared']>): void {
  const names = Object.keys(files);
  const lists = names.map((name) => [name, listValue(files[name] ?? [])]);
  const types = names.map((name) => [name, LIST(VARCHAR)]);
  statement.bind(Object.fromEntries(lists), Object.fromEntries(types));
}
