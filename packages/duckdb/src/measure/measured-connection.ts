import type { DuckDBConnection } from '@duckdb/node-api';
import type { ConnectionEvents, Preparer } from '../events/connection-events.ts';
import type { EventLog, LogProblem } from '../events/event-log.ts';
import { FileActivityTally } from '../events/file-activity.ts';
import { type StatementConcerns, statementConcerns } from '../sql/statement-concerns.ts';
import {
  ConnectionProfiler,
  type ProfilerOptions,
  type ProfilingRefusal,
  type ProfilingState,
} from './connection-profiler.ts';
import { isInterrupt, keepInterrupting } from './interrupts.ts';
import type {
  MeasuredQuery,
  MeasuredQueryOptions,
  MeasurementGap,
  QueryActivity,
  RawMeasurement,
} from './measured-query.ts';
import { driverOf, runOwn } from './own-statement.ts';
import { notePermissionChange, permissionChanges, watchPermissions } from './permission-watch.ts';

/** How often an interrupted change of settings is tried again. */
const MAX_TRIES = 3;
const REPEATED_INTERRUPT_MS = 1;

/** What a connection is measured with. */
export interface MeasuredConnectionOptions extends ProfilerOptions {
  /** The log of its instance. */
  readonly lend?: (() => Promise<EventLog | LogProblem>) | undefined;
}

/** What a statement needs of the settings. */
interface StatementWish {
  readonly characters: number;
  readonly concerns: StatementConcerns;
  readonly isMeasured: boolean;
  readonly profile: boolean;
}

interface AttachedEvents {
  readonly log: EventLog;
  readonly events: ConnectionEvents;
}

/**
 * Measures the queries of one connection: profile, events, and how they end. The settings it needs are taken once, outside
 * of any transaction, and given back before a statement that could see or change them. A connection of Planscope's own has no
 * settings of a program to give back.
 */
export class MeasuredConnection {
  readonly #profiler: ConnectionProfiler;
  readonly #isOwn: boolean;
  #lend: (() => Promise<EventLog | LogProblem>) | undefined;
  #events: AttachedEvents | MeasurementGap | undefined;
  readonly #open = new Set<OpenQuery>();
  /** Displaced queries that wait for their last events. */
  #displaced: OpenQuery[] = [];
  /** Whether there are any, or will be when the log is parsed. */
  #hasDisplaced = false;
  /** Lower-case names that show settings, as the program has defined them on this connection. */
  readonly #shown = new Set<string>();
  #changing: Promise<void> | undefined;
  #interrupts = 0;
  #interruptsMeantForQuery = 0;
  #permissions = permissionChanges();
  #isClosed = false;

  /**
   * @param owner `program` for a borrowed connection; `own` for one of Planscope, or why it must not be profiled
   */
  constructor(options: MeasuredConnectionOptions, owner: 'program' | 'own' | ProfilingRefusal) {
    this.#profiler = new ConnectionProfiler(options, owner);
    this.#isOwn = owner !== 'program';
    this.#lend = options.lend;
  }

  /**
   * Lends it the log of its instance, where it has none yet.
   *
   * @param lend called when the first query is to be measured
   */
  useLog(lend: () => Promise<EventLog | LogProblem>): void {
    this.#lend ??= lend;
  }

  /** Whether queries are profiled, or why not. */
  get profiling(): ProfilingState {
    return this.#profiler.state;
  }

  /**
   * Makes the settings right for a statement. To be called for each statement in the order of the calls.
   *
   * @param isMeasured whether it is measured; settings are taken only for such statements
   * @param profile whether that includes its profile
   * @returns undefined where nothing has to be waited for: then the statement has to be sent in the same turn
   */
  ready(
    connection: DuckDBConnection,
    sql: string,
    { isMeasured, profile = true }: { readonly isMeasured: boolean; readonly profile?: boolean },
  ): Promise<void> | undefined {
    // Nothing is set on the connection and nothing is measured, so the text does not matter.
    if (this.#isOwn || (!isMeasured && this.isUntouched)) return this.#changing;
    const concerns = statementConcerns(sql, this.#shown);
    for (const name of concerns.defines) this.#shown.add(name);
    if (concerns.permissions) notePermissionChange();
    const wish = { characters: sql.length, concerns, isMeasured, profile };
    if (this.#changing === undefined && this.#work(connection, wish) === undefined) return undefined;
    return this.#inTurn(async () => this.#work(connection, wish)?.());
  }

  /** Collects the events of a connection of Planscope's own. */
  async collectEvents(connection: DuckDBConnection): Promise<void> {
    if (this.#lend === undefined || typeof this.#events === 'object') return;
    await this.#attach(connection, await this.#lend());
  }

  /** Profiles the statements of a connection of Planscope's own from now on. */
  async startProfiling(connection: DuckDBConnection): Promise<void> {
    await this.#profiler.switchOn(connection);
    for (const query of this.#open) query.isProfiled = this.#profiler.ready(query.options.characters);
  }

  /**
   * Gives the settings back for a statement that has turned out to show them.
   *
   * @param relations names that it reads, through which others will show them, too
   */
  async hide(connection: DuckDBConnection, relations: readonly string[]): Promise<void> {
    for (const name of relations) this.#shown.add(name.toLowerCase());
    await this.#inTurn(() => this.#again(() => this.#profiler.switchOff(connection, true)));
  }

  /** Finds out why events are missing. */
  async checkEvents(): Promise<MeasurementGap | undefined> {
    if (typeof this.#events !== 'object') return this.#events;
    await this.#events.log.check();
    return this.#events.log.problem;
  }

  /** Begins to measure a query that is sent in this turn. */
  begin(options: MeasuredQueryOptions): MeasuredQuery {
    const query = new OpenQuery(this.#surroundings, options, this.#interrupts);
    const usable = this.#events;
    this.#displaceIdle();
    for (const other of this.#open) {
      other.isAmbiguous = true;
      query.isAmbiguous = true;
    }
    this.#open.add(query);
    if (options.profile && this.#profiler.state === 'on') {
      query.isProfiled = this.#profiler.ready(options.characters);
    } else if (this.#profiler.state === 'on') this.#profiler.soiled();
    if (typeof usable === 'object') {
      usable.log.begin();
      query.isLogged = true;
      // Events of queries that are not measured are dropped.
      usable.log.read();
      usable.log.afterwards(() => {
        if (this.#displaced.length === 0) usable.events.take();
      });
      query.preparer = usable.events.prepares(options.start);
    }
    return query;
  }

  /** A statement is sent that is not measured. */
  unmeasured(): void {
    if (this.#open.size > 0) this.#displaceIdle();
    for (const other of this.#open) other.isAmbiguous = true;
    this.#profiler.soiled();
  }

  /** Claims what preparing a statement reads; undefined if the log is not used. */
  preparing(start: bigint): { readonly preparer: Preparer; done(): void } | undefined {
    if (this.#open.size > 0) this.#displaceIdle();
    if (typeof this.#events !== 'object') return undefined;
    const { log, events } = this.#events;
    log.begin();
    return { preparer: events.prepares(start), done: () => log.end() };
  }

  /**
   * The program interrupts the connection. When a change of settings is hit, the query that waits for it is meant.
   */
  interrupted(): void {
    this.#interrupts += 1;
    if (this.#changing !== undefined) this.#interruptsMeantForQuery += 1;
  }

  /** Interrupts a query that was meant by an interrupt which came while it waited. */
  passInterruptOn(connection: DuckDBConnection, running: Promise<unknown>): void {
    if (this.#interruptsMeantForQuery === 0) return;
    this.#interruptsMeantForQuery = 0;
    const stop = keepInterrupting(connection, REPEATED_INTERRUPT_MS);
    running.then(stop, stop);
  }

  /** Ends what is open; the connection is about to be closed. */
  end(): void {
    for (const query of [...this.#open]) this.#displace(query);
    this.#settleAllDisplaced();
  }

  /** The connection is closed, and nothing runs on it any more. Safe to call twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.end();
    if (typeof this.#events === 'object') this.#events.log.detach(this.#events.events);
    this.#events = undefined;
    this.#profiler.close();
  }

  /** Whether Planscope has set nothing on the connection. */
  get isUntouched(): boolean {
    return this.#profiler.state !== 'on' && this.#changing === undefined && typeof this.#events !== 'object';
  }

  /** What has to be done before a statement; undefined for nothing. */
  #work(connection: DuckDBConnection, wish: StatementWish): (() => Promise<void>) | undefined {
    const { characters, concerns, isMeasured, profile } = wish;
    const isOn = this.#profiler.state === 'on';
    const hasChanged = this.#permissions !== permissionChanges();
    const gives = concerns.profiling || concerns.permissions || hasChanged;
    const isFull = isOn && !this.#profiler.ready(characters);
    const leaves = concerns.log && typeof this.#events === 'object' && this.#events.log.problem === undefined;
    if (!isOn && concerns.profiles) this.#profiler.leave();
    else if (!isOn && gives && this.#profiler.state !== 'locked') this.#profiler.forget();
    const off = (isOn || this.#profiler.isUncertain) && (gives || isFull);
    const mayTake = isMeasured && !concerns.profiling && !concerns.permissions && !concerns.log && !isFull;
    const takes = mayTake && this.#lacks(profile, hasChanged);
    if (!off && !takes && !leaves) return undefined;
    return async () => {
      const events = this.#events;
      if (leaves && typeof events === 'object') await this.#again(() => events.log.leave());
      if (off) await this.#again(() => this.#profiler.switchOff(connection, !hasChanged));
      if (concerns.profiles) this.#profiler.leave();
      if (!takes) return;
      this.#permissions = permissionChanges();
      await this.#again(() => this.#take(connection, profile));
    };
  }

  #lacks(profile: boolean, hasChanged: boolean): boolean {
    if (profile && (this.#profiler.mayTry || hasChanged)) return true;
    return this.#lend !== undefined && this.#events === undefined;
  }

  async #take(connection: DuckDBConnection, profile: boolean): Promise<void> {
    if (profile && this.#profiler.mayTry) {
      watchPermissions(driverOf(connection));
      if (!(await this.#profiler.switchOn(connection))) return;
    } else if (this.#events === undefined && (await isInTransaction(connection))) return;
    if (this.#events === undefined) await this.collectEvents(connection);
  }

  async #attach(connection: DuckDBConnection, log: EventLog | LogProblem): Promise<void> {
    if (typeof log === 'string') {
      this.#events = log;
      return;
    }
    const events = await log.attach(connection);
    this.#events = events === undefined ? 'other-instance' : { log, events };
  }

  /** One change of the settings at a time. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const changing = (this.#changing ?? Promise.resolve()).then(work);
    this.#changing = changing;
    return changing.finally(() => {
      if (this.#changing === changing) this.#changing = undefined;
    });
  }

  /** Errors are ignored: the program's statement must run whatever happens to the settings. */
  async #again(work: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await work();
        return;
      } catch (error) {
        if (!isInterrupt(error)) return;
        // The program meant its own statement.
        this.#interruptsMeantForQuery += 1;
        if (tries === MAX_TRIES) return;
      }
    }
  }

  #displaceIdle(): void {
    for (const query of [...this.#open]) if (query.isIdle) this.#displace(query);
  }

  #displace(query: OpenQuery): void {
    query.isDisplaced = true;
    query.observer.displaced();
  }

  /** What queries need of their connection. */
  readonly #surroundings: Surroundings = {
    interrupts: () => this.#interrupts,
    ended: (query) => this.#ended(query),
    dropped: (query) => {
      this.#open.delete(query);
      this.#profiler.soiled();
      if (query.isLogged && typeof this.#events === 'object') this.#events.log.end();
      return { isAmbiguous: true };
    },
  };

  #ended(query: OpenQuery): RawMeasurement | Promise<RawMeasurement> {
    this.#open.delete(query);
    const { isDisplaced } = query;
    const isAmbiguous = query.isProfiled && query.isAmbiguous;
    const profile = query.isProfiled && !isAmbiguous && !isDisplaced ? this.#profiler.take() : undefined;
    if (query.isProfiled && profile === undefined) this.#profiler.soiled();
    if (typeof this.#events !== 'object') {
      const gap = this.#events;
      return { profile, isAmbiguous, ...(gap === undefined ? {} : { activity: () => ({ gap }) }) };
    }
    if (!query.isLogged) return { profile, isAmbiguous };
    if (!isDisplaced) return { profile, isAmbiguous, activity: this.#activityOf(query) };
    this.#hasDisplaced = true;
    this.#events.log.afterwards(() => this.#displaced.push(query));
    return new Promise((resolve) => {
      query.settle = (activity) => resolve({ profile, isAmbiguous, activity: () => activity });
      if (this.#isClosed) this.#settleAllDisplaced();
      else void this.#flushDisplaced();
    });
  }

  /** Where no other query follows that would have the last events written. */
  async #flushDisplaced(): Promise<void> {
    if (typeof this.#events !== 'object') return;
    await this.#events.log.flush();
    if (![...this.#open].some(({ isLogged }) => isLogged)) this.#settleAllDisplaced();
  }

  #activityOf(query: OpenQuery): () => QueryActivity {
    const attached = this.#events;
    if (typeof attached !== 'object') return () => ({ gap: attached ?? 'unreadable' });
    const { log, events } = attached;
    let activity: QueryActivity = { gap: 'unreadable' };
    log.read();
    log.afterwards(() => {
      const own = this.#settleDisplaced(attached, query);
      events.forgetPreparers(query.options.start);
      activity = query.isAmbiguous ? { gap: 'ambiguous' } : query.activity(own);
    });
    log.end();
    if (this.#hasDisplaced) log.parse();
    return () => {
      log.parse();
      return log.problem === undefined ? activity : { gap: log.problem };
    };
  }

  /** Gives displaced queries the last events that are there, without waiting for another query. */
  #settleAllDisplaced(): void {
    const attached = this.#events;
    if (typeof attached !== 'object') return;
    attached.log.read();
    attached.log.afterwards(() => this.#settleDisplaced(attached, undefined));
    attached.log.parse();
  }

  /**
   * Gives displaced queries their last events, which are in the log before those of the query that came after. All that was
   * read has been parsed.
   *
   * @param next undefined if there is none
   * @returns the events of the next query
   */
  #settleDisplaced({ log, events }: AttachedEvents, next: OpenQuery | undefined): FileActivityTally[] {
    const displaced = this.#displaced;
    const tallies = events.take();
    const isOwn = (tally: FileActivityTally): boolean =>
      next !== undefined && (displaced.length === 0 || (tally.first ?? 0n) >= next.options.start);
    const before = tallies.filter((tally) => !isOwn(tally));
    this.#displaced = [];
    this.#hasDisplaced = false;
    for (const [index, query] of displaced.entries()) {
      const last = before[before.length - displaced.length + index];
      log.end();
      query.settle(log.problem === undefined ? query.activity(last === undefined ? [] : [last]) : { gap: log.problem });
    }
    return tallies.filter(isOwn);
  }
}

interface Surroundings {
  interrupts(): number;
  ended(query: OpenQuery): RawMeasurement | Promise<RawMeasurement>;
  dropped(query: OpenQuery): RawMeasurement;
}

class OpenQuery implements MeasuredQuery {
  readonly options: MeasuredQueryOptions;
  isAmbiguous = false;
  isIdle = false;
  isDisplaced = false;
  isProfiled = false;
  isLogged = false;
  preparer: Preparer | undefined;
  settle: (activity: QueryActivity) => void = () => {};
  readonly #surroundings: Surroundings;
  readonly #interrupts: number;
  #ended: RawMeasurement | Promise<RawMeasurement> | undefined;

  constructor(surroundings: Surroundings, options: MeasuredQueryOptions, interrupts: number) {
    this.#surroundings = surroundings;
    this.options = options;
    this.#interrupts = interrupts;
  }

  get observer(): MeasuredQueryOptions['observer'] {
    return this.options.observer;
  }

  get wasInterrupted(): boolean {
    return this.#surroundings.interrupts() > this.#interrupts;
  }

  idle(): void {
    this.isIdle = true;
  }

  resume(): void {
    this.isIdle = false;
  }

  /** What it read and wrote, and what preparing it did. */
  activity(tallies: readonly FileActivityTally[]): FileActivityTally {
    const preparers = [this.options.prepared, this.preparer].flatMap((preparer) => preparer?.activity ?? []);
    const all = new FileActivityTally();
    for (const tally of [...preparers, ...tallies]) all.merge(tally);
    return all;
  }

  abandon(): RawMeasurement | Promise<RawMeasurement> {
    this.isDisplaced = true;
    return this.end();
  }

  drop(): void {
    this.#ended ??= this.#surroundings.dropped(this);
  }

  end(): RawMeasurement | Promise<RawMeasurement> {
    this.#ended ??= this.#surroundings.ended(this);
    return this.#ended;
  }
}

const TRANSACTION = 'SELECT txid_current()';

/** Outside of a transaction, each statement has one of its own. */
async function isInTransaction(connection: DuckDBConnection): Promise<boolean> {
  const [first] = await runOwn(connection, TRANSACTION);
  const [second] = await runOwn(connection, TRANSACTION);
  return first?.[0] === second?.[0];
}
