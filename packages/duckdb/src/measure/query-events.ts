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
 * The events of the queries of one connection, from the log of its instance. A log is parsed late, so what depends on it is queued
 * in the log, behind the bytes that it follows.
 */
export class QueryEvents {
  #lend: LendLog | undefined;
  #source: AttachedEvents | MeasurementGap | undefined;
  /** Displaced queries that wait for their last events. */
  #displaced: OpenQuery[] = [];
  /** Whether there are any, or will be when the log is parsed. */
  #hasDisplaced = false;

  constructor(lend: LendLog | undefined) {
    this.#lend = lend;
  }

  useLog(lend: LendLog): void {
    this.#lend ??= lend;
  }

  /** Whether there is a log that has not been asked for yet. */
  get isWaiting(): boolean {
    return this.#lend !== undefined && this.#source === undefined;
  }

  get isAttached(): boolean {
    return typeof this.#source === 'object';
  }

  /** Whether the log can be given back to the program. */
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
    const events = await log.attach(connection, this.#lend.kinds);
    this.#source = events === undefined ? 'other-instance' : { log, events };
  }

  /** Gives the log back to the program, for good. */
  async leave(): Promise<void> {
    if (typeof this.#source === 'object') await this.#source.log.leave();
  }

  /** Finds out why events are missing. */
  async check(): Promise<MeasurementGap | undefined> {
    if (typeof this.#source !== 'object') return this.#source;
    await this.#source.log.check();
    return this.#source.log.problem;
  }

  /** Collects the events of a query that begins. */
  begin(query: OpenQuery): void {
    if (typeof this.#source !== 'object') return;
    const { log, events } = this.#source;
    query.logUse = log.begin();
    const preparer = createPreparer(query.options.start);
    query.preparer = preparer;
    log.read();
    log.afterwards(() => {
      // What is there belongs to queries that are not measured.
      if (this.#displaced.length === 0) events.take();
      events.claim(preparer);
    });
  }

  /** Claims what preparing a statement reads; undefined if the log is not used. */
  preparing(start: bigint): { readonly preparer: Preparer; done(): void } | undefined {
    if (typeof this.#source !== 'object') return undefined;
    const { log, events } = this.#source;
    const preparer = createPreparer(start);
    const use = log.begin();
    log.read();
    log.afterwards(() => events.claim(preparer));
    return { preparer, done: () => log.end(use) };
  }

  /** A query is not measured after all. */
  drop(query: OpenQuery): void {
    if (query.logUse !== undefined && typeof this.#source === 'object') this.#source.log.end(query.logUse);
  }

  /**
   * The activity of a query that has come to its end.
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
      return log.problem === undefined ? activity : { gap: log.problem };
    };
  }

  /** Keeps a displaced query until its last events have come, which is when the next query ends: see `OpenQuery.settle`. */
  displace(query: OpenQuery): void {
    if (typeof this.#source !== 'object') return;
    this.#hasDisplaced = true;
    this.#source.log.afterwards(() => this.#displaced.push(query));
  }

  /** Makes DuckDB write the last events of displaced queries, for when no other query follows. */
  async flush(): Promise<void> {
    if (typeof this.#source === 'object') await this.#source.log.flush();
  }

  /** Gives displaced queries the last events that are there, without waiting for another query. */
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
   * Gives displaced queries their last events, which are in the log before those of the query that came after. All that was
   * read has been parsed.
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
