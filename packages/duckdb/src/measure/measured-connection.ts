import type { DuckDBConnection } from '@duckdb/node-api';
import type { ExecutionStatus } from '@planscope/plan';
import type { Preparer } from '../events/connection-events.ts';
import { type StatementConcerns, statementConcerns } from '../sql/statement-concerns.ts';
import {
  ConnectionProfiler,
  type ProfilerOptions,
  type ProfilingRefusal,
  type ProfilingState,
} from './connection-profiler.ts';
import { isInterrupt, keepInterrupting } from './interrupts.ts';
import {
  type MeasuredQuery,
  type MeasuredQueryOptions,
  type MeasurementGap,
  OpenQuery,
  type QueryActivity,
  type QuerySurroundings,
  type RawMeasurement,
} from './measured-query.ts';
import { driverOf, notePermissionChange, permissionChanges, runOwn, watchPermissions } from './own-statement.ts';
import { type LendLog, QueryEvents } from './query-events.ts';

/** Attempts for a change of settings that is interrupted. */
const MAX_TRIES = 3;
const REPEATED_INTERRUPT_MS = 1;

/** How a connection is measured. */
export interface MeasuredConnectionOptions extends ProfilerOptions {
  /** Lends the log of its instance. */
  readonly lend?: LendLog | undefined;
}

/** A statement, and what it requires of the settings. */
interface StatementWish {
  readonly characters: number;
  readonly concerns: StatementConcerns;
  readonly isMeasured: boolean;
  readonly profile: boolean;
}

/**
 * Measures the queries of one connection: profile, events, and how they end. It changes the settings it needs once,
 * outside of any transaction, and restores them before a statement that could see or change them. On a connection that
 * Planscope opened, there are no settings of a program to restore.
 */
export class MeasuredConnection {
  readonly #profiler: ConnectionProfiler;
  readonly #isOwn: boolean;
  readonly #events: QueryEvents;
  readonly #open = new Set<OpenQuery>();
  /** Lower-case names of relations and statements that show settings, defined by the program on this connection. */
  readonly #shown = new Set<string>();
  #changing: Promise<void> | undefined;
  #interrupts = 0;
  #interruptsMeantForQuery = 0;
  /** Interrupts the query that waited for its settings until it ends. */
  #interruptDelayed: (() => void) | undefined;
  #permissions = permissionChanges();
  #isClosed = false;
  readonly #closing: (() => void)[] = [];

  /**
   * @param owner `program` for a borrowed connection; for a connection of Planscope `own`, or why it must not be
   * profiled
   */
  constructor(options: MeasuredConnectionOptions, owner: 'program' | 'own' | ProfilingRefusal) {
    this.#profiler = new ConnectionProfiler(options, owner);
    this.#isOwn = owner !== 'program';
    this.#events = new QueryEvents(options.lend);
  }

  /**
   * Sets the log of the instance, unless there is one already.
   *
   * @param lend asked for the log when the first query is to be measured
   */
  useLog(lend: LendLog): void {
    this.#events.useLog(lend);
  }

  /** Whether queries are profiled, or why not. */
  get profiling(): ProfilingState {
    return this.#profiler.state;
  }

  /**
   * Changes the settings for a statement, if necessary. Call it for every statement, in the order of the statements.
   *
   * @param isMeasured whether the statement is measured; only such statements change settings of the program
   * @param profile whether its profile is recorded
   * @returns undefined if there is nothing to wait for; the statement must then be sent in the same turn
   */
  ready(
    connection: DuckDBConnection,
    sql: string,
    { isMeasured, profile = true }: { readonly isMeasured: boolean; readonly profile?: boolean },
  ): Promise<void> | undefined {
    // No settings are changed and nothing is measured, so the text does not matter.
    if (this.#isOwn || (!isMeasured && this.isUntouched)) return this.#changing;
    const concerns = statementConcerns(sql, this.#shown);
    for (const name of concerns.defines) this.#shown.add(name);
    if (concerns.permissions) notePermissionChange();
    const wish = { characters: sql.length, concerns, isMeasured, profile };
    if (this.#changing === undefined && this.#work(connection, wish) === undefined) return undefined;
    return this.#inTurn(async () => this.#work(connection, wish)?.());
  }

  /** Starts to collect events, on a connection that Planscope opened. */
  collectEvents(connection: DuckDBConnection): Promise<void> {
    return this.#events.attach(connection);
  }

  /** Starts to profile statements, on a connection that Planscope opened. */
  async startProfiling(connection: DuckDBConnection): Promise<void> {
    await this.#profiler.switchOn(connection);
    for (const query of this.#open) query.isProfiled = this.#profiler.ready(query.options.characters);
  }

  /**
   * Restores the settings for a statement that turned out to show them.
   *
   * @param relations names that it reads; later statements that read them may show the settings too
   */
  async hide(connection: DuckDBConnection, relations: readonly string[]): Promise<void> {
    for (const name of relations) this.#shown.add(name.toLowerCase());
    await this.#inTurn(() => this.#again(() => this.#profiler.switchOff(connection, true)));
  }

  /** Determines why events are missing. */
  checkEvents(): Promise<MeasurementGap | undefined> {
    return this.#events.check();
  }

  /**
   * Finds out which databases hold the catalogues that a query asked. It parses the log.
   *
   * @returns undefined if it asked none
   */
  findCatalogues({ activity }: RawMeasurement): Promise<QueryActivity> | undefined {
    if (activity === undefined || !this.#events.hasCatalogues) return undefined;
    return this.#events.withSystems(activity());
  }

  /** Starts to measure a query that is sent in the same turn. */
  begin(options: MeasuredQueryOptions): MeasuredQuery {
    const query = new OpenQuery(this.#surroundings, options);
    this.#displaceIdle();
    for (const other of this.#open) {
      other.isAmbiguous = true;
      query.isAmbiguous = true;
    }
    this.#open.add(query);
    if (options.profile && this.#profiler.state === 'on') {
      query.isProfiled = this.#profiler.ready(options.characters);
    } else if (this.#profiler.state === 'on') this.#profiler.soiled();
    this.#events.begin(query);
    return query;
  }

  /** Records that a statement is sent without being measured. */
  unmeasured(): void {
    if (this.#open.size > 0) this.#displaceIdle();
    else this.#events.forget();
    for (const other of this.#open) other.isAmbiguous = true;
    this.#profiler.soiled();
  }

  /** Starts to collect the reads that happen while a statement is prepared; undefined if the log is not used. */
  preparing(start: bigint): { readonly preparer: Preparer; done(): void } | undefined {
    if (this.#open.size > 0) this.#displaceIdle();
    return this.#events.preparing(start);
  }

  /**
   * Records that the program interrupts the connection. It means the query that waits for its settings, or that waited
   * and may not have started yet.
   */
  interrupted(): void {
    this.#interrupts += 1;
    if (this.#changing !== undefined) this.#interruptsMeantForQuery += 1;
    else this.#interruptDelayed?.();
  }

  /**
   * Makes sure that a query which waited for its settings sees the interrupts of the program: it starts later than the
   * program expects, and DuckDB ignores an interrupt before the start.
   */
  passInterruptsOn(connection: DuckDBConnection, running: Promise<unknown>): void {
    let stop = (): void => {};
    const interrupt = (): void => {
      stop();
      stop = keepInterrupting(connection, REPEATED_INTERRUPT_MS);
    };
    const release = (): void => {
      stop();
      if (this.#interruptDelayed === interrupt) this.#interruptDelayed = undefined;
    };
    if (this.#interruptsMeantForQuery > 0) interrupt();
    this.#interruptsMeantForQuery = 0;
    this.#interruptDelayed = interrupt;
    running.then(release, release);
  }

  /** Ends the open queries, before the connection is closed. */
  end(): void {
    for (const query of [...this.#open]) query.displace();
    this.#events.settleDisplaced();
  }

  /** Ends measuring. The connection must be closed and run nothing. Safe to call twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.end();
    this.#events.close();
    this.#profiler.close();
    for (const call of this.#closing) call();
  }

  /** @param call when the connection is closed; must not throw */
  onClose(call: () => void): void {
    this.#closing.push(call);
  }

  /** Whether Planscope has changed nothing on the connection. */
  get isUntouched(): boolean {
    return this.#profiler.state !== 'on' && this.#changing === undefined && !this.#events.isAttached;
  }

  /** The work that is necessary before a statement; undefined if there is none. */
  #work(connection: DuckDBConnection, wish: StatementWish): (() => Promise<void>) | undefined {
    const { characters, concerns, isMeasured, profile } = wish;
    const isOn = this.#profiler.state === 'on';
    const hasChanged = this.#permissions !== permissionChanges();
    const gives = concerns.profiling || concerns.permissions || hasChanged;
    const isFull = isOn && !this.#profiler.ready(characters);
    const leaves = concerns.log && this.#events.canLeave;
    if (!isOn && concerns.profiles) this.#profiler.leave();
    else if (!isOn && gives && this.#profiler.state !== 'locked') this.#profiler.forget();
    const off = (isOn || this.#profiler.isUncertain) && (gives || isFull);
    const mayTake = isMeasured && !concerns.profiling && !concerns.permissions && !concerns.log && !isFull;
    const takes = mayTake && this.#lacks(profile, hasChanged);
    if (!off && !takes && !leaves) return undefined;
    return async () => {
      if (leaves) await this.#again(() => this.#events.leave());
      if (off) await this.#again(() => this.#profiler.switchOff(connection, !hasChanged));
      if (concerns.profiles) this.#profiler.leave();
      if (!takes) return;
      this.#permissions = permissionChanges();
      await this.#again(() => this.#take(connection, profile));
    };
  }

  #lacks(profile: boolean, hasChanged: boolean): boolean {
    if (profile && (this.#profiler.mayTry || hasChanged)) return true;
    return this.#events.isWaiting;
  }

  async #take(connection: DuckDBConnection, profile: boolean): Promise<void> {
    if (profile && this.#profiler.mayTry) {
      watchPermissions(driverOf(connection));
      if (!(await this.#profiler.switchOn(connection))) return;
    } else if (this.#events.isWaiting && (await isInTransaction(connection))) return;
    if (this.#events.isWaiting) await this.#events.attach(connection);
  }

  /** Runs the changes of settings one after another. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const changing = (this.#changing ?? Promise.resolve()).then(work);
    this.#changing = changing;
    return changing.finally(() => {
      if (this.#changing === changing) this.#changing = undefined;
    });
  }

  /** Repeats interrupted work. Ignores all errors, because the program's statement must run even if they occur. */
  async #again(work: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await work();
        return;
      } catch (error) {
        if (!isInterrupt(error)) return;
        // The program meant to interrupt its own statement.
        this.#interruptsMeantForQuery += 1;
        if (tries === MAX_TRIES) return;
      }
    }
  }

  #displaceIdle(): void {
    for (const query of [...this.#open]) if (query.isIdle) query.displace();
  }

  /** The calls that queries make on their connection. */
  readonly #surroundings: QuerySurroundings = {
    interrupts: () => this.#interrupts,
    ended: (query, status) => this.#ended(query, status),
    dropped: (query) => {
      this.#open.delete(query);
      query.inFlight.end();
      this.#profiler.soiled();
      this.#events.drop(query);
      return { isAmbiguous: true };
    },
  };

  #ended(query: OpenQuery, status: ExecutionStatus): RawMeasurement | Promise<RawMeasurement> {
    this.#open.delete(query);
    const ranAlone = query.inFlight.end();
    const { isDisplaced } = query;
    const isAmbiguous = query.isProfiled && query.isAmbiguous;
    const before = this.#profiler.peaks;
    const profile = query.isProfiled && !isAmbiguous && !isDisplaced ? this.#profiler.take() : undefined;
    // DuckDB 1.5 writes no profile for statements like SET, which do not change the peaks either.
    if (query.isProfiled && profile === undefined) this.#profiler.soiled(status === 'ok' && !isAmbiguous);
    const peakOrigins = { before, ranAlone };
    if (!isDisplaced || query.logUse === undefined || !this.#events.isAttached) {
      const activity = this.#events.end(query);
      return { profile, peakOrigins, isAmbiguous, ...(activity === undefined ? {} : { activity }) };
    }
    return new Promise((resolve) => {
      query.settle = (activity) => resolve({ profile, peakOrigins, isAmbiguous, activity: () => activity });
      this.#events.displace(query);
      if (this.#isClosed) this.#events.settleDisplaced();
      else void this.#flushDisplaced();
    });
  }

  async #flushDisplaced(): Promise<void> {
    await this.#events.flush();
    if (![...this.#open].some(({ logUse }) => logUse !== undefined)) this.#events.settleDisplaced();
  }
}

const TRANSACTION = 'SELECT txid_current()';

/** Compares the transactions of two statements: outside of a transaction, each statement has its own. */
async function isInTransaction(connection: DuckDBConnection): Promise<boolean> {
  const [first] = await runOwn(connection, TRANSACTION);
  const [second] = await runOwn(connection, TRANSACTION);
  return first?.[0] === second?.[0];
}
