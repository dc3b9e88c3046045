import type { DuckDBConnection } from '@duckdb/node-api';
import { createUnixClock } from '@planscope/plan';
import { ActivityTally } from '../events/activity-tally.ts';
import { type ConnectionEvents, createPreparer, type Preparer } from '../events/connection-events.ts';
import type { CatalogueEvent, EventKind } from '../events/engine-event.ts';
import type { EventLog, LogProblem } from '../events/event-log.ts';
import type { MeasurementGap, OpenQuery, QueryActivity } from './measured-query.ts';

/** Lends the log of an instance, for some kinds of events. */
export interface LendLog {
  readonly kinds: readonly EventKind[];
  lend(): Promise<EventLog | LogProblem>;
}

interface AttachedEvents {
  readonly log: EventLog;
  readonly events: ConnectionEvents;
}

/**
 * The events of the queries of one connection, from the log of its instance. The log is parsed late, so work that
 * depends on an entry is queued in the log behind that entry.
 */
export class QueryEvents {
  #lend: LendLog | undefined;
  #source: AttachedEvents | MeasurementGap | undefined;
  /** Displaced queries that wait for their last events. */
  #displaced: OpenQuery[] = [];
  /** Whether there are displaced queries, or will be when the log is parsed. */
  #hasDisplaced = false;

  constructor(lend: LendLog | undefined) {
    this.#lend = lend;
  }

  useLog(lend: LendLog): void {
    this.#lend ??= lend;
  }

  /** Whether there is a log that has not been borrowed yet. */
  get isWaiting(): boolean {
    return this.#lend !== undefined && this.#source === undefined;
  }

  get isAttached(): boolean {
    return typeof this.#source === 'object';
  }

  /** Whether the log can be returned to the program. */
  get canLeave(): boolean {
    return typeof this.#source === 'object' && this.#source.log.problem === undefined;
  }

  /** Collects the events of the connection from now on. */
  async attach(connection: DuckDBConnection): Promise<void> {
    if (this.#lend === undefined || this.isAttached) return;
    const log = await this.#lend.lend();
    if (typeof log === 'string') {
      this.#source = log;
      return;
    }
    const { kinds } = this.#lend;
    const problem = await log.listen(kinds);
    if (problem !== undefined) {
      this.#source = problem;
      return;
    }
    const events = await log.attach(connection, kinds);
    this.#source = events === undefined ? 'other-instance' : { log, events };
  }

  /** Returns the log to the program permanently. */
  async leave(): Promise<void> {
    if (typeof this.#source === 'object') await this.#source.log.leave();
  }

  /** Determines why events are missing. */
  async check(): Promise<MeasurementGap | undefined> {
    if (typeof this.#source !== 'object') return this.#source;
    await this.#source.log.check();
    return this.#source.log.problem;
  }

  /** Starts to collect the events of a query. */
  begin(query: OpenQuery): void {
    if (typeof this.#source !== 'object') return;
    const { log, events } = this.#source;
    query.logUse = log.begin();
    const preparer = createPreparer(query.options.start);
    query.preparer = preparer;
    log.read();
    log.afterwards(() => {
      // Earlier events belong to queries that are not measured.
      if (this.#displaced.length === 0) events.take();
      events.claim(preparer);
    });
  }

  /** Forgets the events of earlier statements, before one that is not measured. No query of the connection is open. */
  forget(): void {
    if (typeof this.#source === 'object' && !this.#hasDisplaced) this.#source.events.take();
  }

  /** Starts to collect the reads that happen while a statement is prepared; undefined if the log is not used. */
  preparing(start: bigint): { readonly preparer: Preparer; done(): void } | undefined {
    if (typeof this.#source !== 'object') return undefined;
    const { log, events } = this.#source;
    const preparer = createPreparer(start);
    const use = log.begin();
    log.read();
    log.afterwards(() => events.claim(preparer));
    return { preparer, done: () => log.end(use) };
  }

  /** Stops collecting events for a query that turns out not to be measured. */
  drop(query: OpenQuery): void {
    if (query.logUse !== undefined && typeof this.#source === 'object') this.#source.log.end(query.logUse);
  }

  /**
   * The activity of a query that has ended.
   *
   * @returns undefined if there is no log
   */
  end(query: OpenQuery): (() => QueryActivity) | undefined {
    const source = this.#source;
    if (source === undefined) return undefined;
    if (typeof source !== 'object') return () => ({ gap: source });
    const use = query.logUse;
    if (use === undefined) return undefined;
    const { log, events } = source;
    const { isAlone } = use;
    const end = createUnixClock()();
    let activity: QueryActivity = { gap: 'unreadable' };
    log.read();
    log.afterwards(() => {
      const own = this.#settle(source, query);
      const catalogue = log.takeCatalogue({ start: query.options.start, end });
      // While two queries run, nothing tells which of them asked a catalogue.
      if (isAlone) own.push(catalogueTally(catalogue));
      events.forgetPreparers(query.options.start);
      activity = query.isAmbiguous ? { gap: 'ambiguous' } : query.activity(own);
    });
    log.end(use);
    if (this.#hasDisplaced) log.parse();
    return () => {
      log.parse();
      if (!('gap' in activity)) activity.limits = log.facts.limits;
      return log.problem === undefined ? activity : { gap: log.problem };
    };
  }

  /**
   * Finds out which databases hold the catalogues that a query asked; undefined if it asked none.
   *
   * @returns the activity with them
   */
  withSystems(activity: QueryActivity): Promise<QueryActivity> | undefined {
    if (typeof this.#source !== 'object' || 'gap' in activity || activity.catalogue.length === 0) return undefined;
    return this.#source.log.facts.systemsOf(activity.catalogue.map(({ catalogue }) => catalogue)).then((systems) => {
      activity.catalogue = activity.catalogue.map((event) => {
        const system = systems.get(event.catalogue);
        return system === undefined ? event : { ...event, system };
      });
      return activity;
    });
  }

  /** Whether catalogues are listened to. */
  get hasCatalogues(): boolean {
    return this.isAttached && this.#lend?.kinds.includes('catalogue') === true;
  }

  /** Keeps a displaced query until its last events arrive, when the next query ends: see `OpenQuery.settle`. */
  displace(query: OpenQuery): void {
    if (typeof this.#source !== 'object') return;
    this.#hasDisplaced = true;
    this.#source.log.afterwards(() => this.#displaced.push(query));
  }

  /** Makes DuckDB write the last events of displaced queries, in case no other query follows. */
  async flush(): Promise<void> {
    if (typeof this.#source === 'object') await this.#source.log.flush();
  }

  /** Gives displaced queries the last events so far, without waiting for another query. */
  settleDisplaced(): void {
    const source = this.#source;
    if (typeof source !== 'object') return;
    source.log.read();
    source.log.afterwards(() => this.#settle(source, undefined));
    source.log.parse();
  }

  close(): void {
    this.settleDisplaced();
    if (typeof this.#source === 'object') this.#source.log.detach(this.#source.events);
    this.#source = undefined;
  }

  /**
   * Gives displaced queries their last events, which precede the events of the next query in the log. Everything that
   * was read from the log must be parsed.
   *
   * @param next undefined if there is none
   * @returns the events of the next query
   */
  #settle({ log, events }: AttachedEvents, next: OpenQuery | undefined): ActivityTally[] {
    const displaced = this.#displaced;
    const tallies = events.take();
    const isOwn = (tally: ActivityTally): boolean =>
      next !== undefined && (displaced.length === 0 || (tally.first ?? 0n) >= next.options.start);
    const before = tallies.filter((tally) => !isOwn(tally));
    this.#displaced = [];
    this.#hasDisplaced = false;
    for (const [index, query] of displaced.entries()) {
      const last = before[before.length - displaced.length + index];
      if (query.logUse !== undefined) log.end(query.logUse);
      query.settle(log.problem === undefined ? query.activity(last === undefined ? [] : [last]) : { gap: log.problem });
    }
    return tallies.filter(isOwn);
  }
}

function catalogueTally(events: readonly CatalogueEvent[]): ActivityTally {
  const tally = new ActivityTally();
  for (const event of events) tally.add(event);
  return tally;
}
