import { rmSync } from 'node:fs';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { connectOwn } from '@planscope/internal/own-connection';
import { openAfterLeaving } from '../driver/opened-again.ts';
import { isInterrupt } from '../measure/interrupts.ts';
import { prepareOwn, runOwn } from '../measure/own-statement.ts';
import { isPrivatePath, MOST_READ_BYTES, PrivateFile, type PrivateFileOptions } from '../measure/private-file.ts';
import { quoteString } from '../sql/quote.ts';
import { ConnectionEvents } from './connection-events.ts';
import { type CatalogueEvent, type EngineEvent, type EventKind, engineEvent, logTypes } from './engine-event.ts';
import { InstanceFacts } from './instance-facts.ts';
import { LogRecordReader, messageOf } from './log-record.ts';
import { enableLogging, isLocked, type LogRefusal, type LogSettings, putBack, readLogState } from './log-settings.ts';

/** Why there are no events. */
export type LogProblem = LogRefusal | 'taken-over' | 'no-file' | 'no-space' | 'unreadable';

/** Interval for reading the log and checking the disk while a query runs. */
const HOUSEKEEPING_MS = 50;
/** Interval for emptying the log and checking the disk while no query is measured; others of the instance may run. */
const IDLE_MS = 250;
/** Unread bytes at which the log is read. */
const READ_BEHIND_BYTES = 64 * 1024;
/**
 * Limits for data that waits to be parsed: bytes, and entries of the queue. A query with 700 requests is parsed after it
 * has ended, because DuckDB needs the processors until then.
 */
const MOST_UNPARSED_BYTES = 1024 * 1024;
const MOST_UNPARSED = 1000;
/** Size at which the log continues in another file. */
const ROTATED_BYTES = 32 * 1024 * 1024;
/** Free space below which logging stops. */
const LEAST_SPACE_BYTES = 4 * 1024 * 1024;
/** Reserved space, which is released when the disk is full, for entries that DuckDB writes before logging is off. */
const HEADROOM_BYTES = 1024 * 1024;
/** Minimum interval for checking whether Planscope still owns the log, and whether the disk has space again. */
const RECHECK_MS = 1000;

const NOTHING = 'SELECT 1';
/** The connection of entries that are of none. */
const INSTANCE = '';
/** What is kept of catalogues until a query takes it. */
const MOST_CATALOGUE_EVENTS = 10_000;

/** A query that the log is used for. */
export interface LogUse {
  /** No other query that is measured ran at the same time. */
  isAlone: boolean;
}

/** Where the log is written, and what. */
export interface EventLogOptions extends Omit<PrivateFileOptions, 'extension' | 'linked'> {
  /** What is logged from the start. */
  readonly kinds?: Iterable<EventKind>;
}

/**
 * DuckDB's log of one instance. DuckDB writes it to a file, which is read as it grows, and the events are passed to
 * their connections. The file is emptied while no query is measured and replaced when it is large. DuckDB's log tables
 * are never queried, because that blocks the whole process if a query spills at the same time.
 */
export class EventLog {
  /** What its connection knows of the instance. */
  readonly facts: InstanceFacts;
  readonly #connection: DuckDBConnection;
  readonly #before: LogSettings;
  readonly #options: EventLogOptions;
  readonly #kinds: Set<EventKind>;
  #file: PrivateFile;
  #spare: PrivateFile | undefined;
  #headroom: PrivateFile | undefined;
  readonly #reader = new LogRecordReader();
  #offset = 0;
  /** Unparsed data of the file, and calls that wait until everything before them is parsed. */
  #unparsed: (Buffer | (() => void))[] = [];
  #unparsedBytes = 0;
  #isParsing = false;
  readonly #byConnection = new Map<string, ConnectionEvents>();
  /** Connections that are being identified, by the path that they open. */
  readonly #searched = new Map<string, (address: string) => void>();
  /** The types of entries that DuckDB was asked for last. */
  #types: readonly string[];
  /** Calls of `attach` that are under way; while there are any, reads are logged. */
  #attaching = 0;
  #problem: LogProblem | undefined;
  readonly #running = new Set<LogUse>();
  #catalogue: CatalogueEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #idleTimer: NodeJS.Timeout;
  #changing: Promise<void> | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;

  private constructor(connection: DuckDBConnection, file: PrivateFile, before: LogSettings, options: EventLogOptions) {
    this.facts = new InstanceFacts(connection);
    this.#connection = connection;
    this.#file = file;
    this.#before = before;
    this.#options = options;
    this.#kinds = new Set(options.kinds);
    this.#types = typesOf(this.#kinds, false);
    // The timer must not keep a log whose connection nobody closed.
    const reference = new WeakRef(this);
    const timer = setInterval(() => {
      const log = reference.deref();
      if (log === undefined) clearInterval(timer);
      else log.#keepHouseIdle();
    }, IDLE_MS);
    this.#idleTimer = timer.unref();
  }

  /**
   * Enables logging to a private file for an instance.
   *
   * @returns the reason if this is not permitted or not possible
   */
  static async open(instance: DuckDBInstance, options: EventLogOptions = {}): Promise<EventLog | LogProblem> {
    openAfterLeaving(instance);
    const connection = await connectOwn(instance);
    let file: PrivateFile | undefined;
    let isOpen = false;
    try {
      const types = typesOf(new Set(options.kinds), false);
      const { settings, refusal } = await readLogState(connection, types);
      if (refusal !== undefined) return refusal;
      file = tryOpen({ ...options, extension: 'csv', linked: true });
      if (file === undefined) return 'no-file';
      if (file.spaceLeft < 2 * LEAST_SPACE_BYTES) return 'no-space';
      try {
        await enableLogging(connection, file.sqlPath, types);
      } catch {
        // A file system is disabled; no setting shows this.
        return 'not-permitted';
      }
      const log = new EventLog(connection, file, settings, options);
      log.#holdHeadroom();
      await log.facts.readLimits();
      isOpen = true;
      return log;
    } finally {
      if (!isOpen) {
        file?.close();
        connection.disconnectSync();
      }
    }
  }

  /** Why there are currently no events; undefined if there are events. */
  get problem(): LogProblem | undefined {
    return this.#problem;
  }

  /** Makes DuckDB log what is wanted now, to a file. */
  async #enable(path: string, kinds: ReadonlySet<EventKind> = this.#kinds): Promise<void> {
    const types = typesOf(kinds, this.#attaching > 0);
    await enableLogging(this.#connection, path, types);
    this.#types = types;
  }

  /**
   * Logs further kinds of events, too.
   *
   * @returns the reason if the instance does not permit it any more
   */
  async listen(kinds: Iterable<EventKind>): Promise<LogProblem | undefined> {
    const more = new Set([...this.#kinds, ...kinds]);
    if (more.size === this.#kinds.size) return undefined;
    try {
      // While the log is off, the next time that it is switched on counts.
      await this.#change(async () => {
        if (this.#problem === undefined) await this.#enable(this.#file.sqlPath, more);
        for (const kind of more) this.#kinds.add(kind);
      });
      return undefined;
    } catch {
      return (await isLocked(this.#connection)) ? 'locked' : 'not-permitted';
    }
  }

  /**
   * Starts to collect the events of a connection. Within a query, DuckDB logs the id of the connection. While a
   * statement is prepared, it logs only an address; to find this address, the connection opens a unique path.
   *
   * @param connection in no transaction
   * @param kinds of the events to collect; the log has to listen to them
   * @returns undefined where the log shows nothing of it: then it belongs to another instance
   * @throws what DuckDB says of an interrupt
   */
  async attach(connection: DuckDBConnection, kinds: Iterable<EventKind>): Promise<ConnectionEvents | undefined> {
    this.#attaching += 1;
    try {
      await this.#logReads();
      return await this.#attach(connection, kinds);
    } finally {
      this.#attaching -= 1;
      await this.#logReads();
    }
  }

  /** Lets DuckDB log reads while a connection is attached, if nothing else needs them: they cost queries time. */
  async #logReads(): Promise<void> {
    await this.#change(async () => {
      const isRight = typesOf(this.#kinds, this.#attaching > 0).length === this.#types.length;
      if (!isRight && this.#problem === undefined) await this.#enable(this.#file.sqlPath);
    }).catch(() => {
      this.#problem = 'unreadable';
    });
  }

  async #attach(connection: DuckDBConnection, kinds: Iterable<EventKind>): Promise<ConnectionEvents | undefined> {
    const events = new ConnectionEvents(kinds);
    // DuckDB logs what is prepared on a connection as its own only after the next query, and writes it with the one after.
    await runOwn(connection, NOTHING);
    const mark = this.#file.alias();
    let isFound = false;
    this.#searched.set(mark, (address) => {
      isFound = true;
      this.#byConnection.set(address, events);
    });
    try {
      // The file is not a Parquet file; it only has to be opened.
      await prepareOwn(connection, `FROM read_parquet(${quoteString(mark)})`).then(
        (statement) => statement.destroySync(),
        (error) => {
          if (isInterrupt(error)) throw error;
        },
      );
      await runOwn(connection, NOTHING);
      this.read();
      this.parse();
    } finally {
      rmSync(mark, { force: true });
      this.#searched.delete(mark);
    }
    if (!isFound) return undefined;
    this.#byConnection.set(String(connection.clientContext.connectionId), events);
    return events;
  }

  /** Stops collecting the events of a connection. */
  detach(events: ConnectionEvents): void {
    for (const [key, value] of this.#byConnection) if (value === events) this.#byConnection.delete(key);
  }

  /** A query is measured from now on. */
  begin(): LogUse {
    this.#keepHouseIdle();
    for (const other of this.#running) other.isAlone = false;
    const use: LogUse = { isAlone: this.#running.size === 0 };
    this.#running.add(use);
    this.facts.refresh();
    if (this.#timer !== undefined) return use;
    this.#timer = setInterval(() => this.#keepHouse(), HOUSEKEEPING_MS);
    this.#timer.unref();
    if (this.#problem === 'no-space') this.#recheck();
    return use;
  }

  /** A measured query is over, and its events have been taken. */
  end(use: LogUse): void {
    this.#running.delete(use);
    if (this.#running.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    // While a query is measured, DuckDB might append entries between the last read and the truncation.
    if (this.#problem === undefined && this.#changing === undefined && this.#offset > 0) {
      this.read();
      this.#empty();
    }
  }

  /**
   * The queries of catalogues within a time, which DuckDB logs for the instance and not for a connection. They are handed out
   * once, and those before that time are forgotten.
   */
  takeCatalogue({ start, end }: { readonly start: bigint; readonly end: bigint }): CatalogueEvent[] {
    const taken = this.#catalogue.filter((event) => event.start >= start && event.time <= end);
    this.#catalogue = this.#catalogue.filter((event) => event.time > end);
    return taken;
  }

  /** Reads what has been written, to its end. It is parsed later, as that takes longer than a query can wait. */
  read(): void {
    if (this.#problem !== undefined && this.#problem !== 'no-space') return;
    try {
      this.#readOn(this.#file);
    } catch {
      this.#problem = 'unreadable';
    }
    if (this.#unparsedBytes > MOST_UNPARSED_BYTES || this.#unparsed.length > MOST_UNPARSED) this.parse();
  }

  /** Calls a function after everything read so far is parsed. */
  afterwards(call: () => void): void {
    if (this.#unparsed.length === 0 && !this.#isParsing) call();
    else this.#unparsed.push(call);
  }

  /** Parses everything read so far and passes the events to their connections. */
  parse(): void {
    if (this.#isParsing) return;
    this.#isParsing = true;
    // A call may add entries to the queue.
    for (let part = this.#unparsed.shift(); part !== undefined; part = this.#unparsed.shift()) {
      try {
        if (typeof part === 'function') part();
        else this.#handOut(part);
      } catch {
        // Continue, so that the remaining calls happen.
        this.#problem = 'unreadable';
      }
    }
    this.#unparsedBytes = 0;
    this.#isParsing = false;
  }

  /**
   * Checks whether Planscope still owns the log, if events are missing. It queries the instance at most once a second.
   */
  async check(): Promise<void> {
    if (performance.now() - this.#checkedAt < RECHECK_MS) return;
    this.#checkedAt = performance.now();
    await this.#change(async () => {
      if (this.#problem !== undefined) return;
      const { isOurs } = await readLogState(this.#connection, this.#types);
      if (!isOurs) this.#problem = 'taken-over';
    });
  }

  /** Makes DuckDB continue the log in another file. Never rejects. */
  async rotate(): Promise<void> {
    const next = this.#spare ?? tryOpen({ ...this.#options, extension: 'csv', linked: true });
    if (next === undefined) return;
    await this.#change(async () => {
      await this.#enable(next.sqlPath);
      this.#readOn(this.#file);
      this.#spare = this.#file;
      this.#file = next;
      this.#offset = 0;
      this.afterwards(() => this.#reader.restart());
      this.#spare.truncate();
    }).catch(() => {
      this.#problem = 'unreadable';
    });
  }

  /** Makes DuckDB write the entries that it has buffered. */
  async flush(): Promise<void> {
    await this.#connection.run('SELECT 1').catch(() => {});
  }

  /** Restores the settings of the log and leaves it to the program permanently. */
  leave(): Promise<void> {
    return this.#change(async () => {
      if (this.#problem !== 'taken-over' && (await readLogState(this.#connection, this.#types)).isOurs) {
        await putBack(this.#connection, this.#before);
        this.#closeFiles();
      }
      this.#problem = 'taken-over';
    });
  }

  /** Restores the settings of the log if Planscope still owns it, and closes the connection. */
  async close(): Promise<void> {
    clearInterval(this.#idleTimer);
    clearInterval(this.#timer);
    this.#timer = undefined;
    try {
      await this.#change(async () => {
        const { isOurs, settings } = await readLogState(this.#connection, this.#types);
        const isOff = this.#problem === 'no-space' && settings.logging_storage === 'file';
        if (isOurs || isOff) {
          await putBack(this.#connection, this.#before);
          this.#closeFiles();
        }
      });
    } finally {
      this.#headroom?.close();
      this.#connection.disconnectSync();
    }
  }

  #readOn(file: PrivateFile): void {
    for (;;) {
      const bytes = file.read(this.#offset);
      this.#offset += bytes.length;
      if (bytes.length > 0) this.#unparsed.push(Buffer.from(bytes));
      this.#unparsedBytes += bytes.length;
      if (bytes.length < MOST_READ_BYTES) return;
    }
  }

  #handOut(bytes: Buffer): void {
    const isWanted = (id: string): boolean => this.#searched.size > 0 || id === INSTANCE || this.#byConnection.has(id);
    for (const record of this.#reader.read(bytes, isWanted)) {
      if (record.connectionId === INSTANCE) {
        const event = engineEvent(record);
        if (event?.kind === 'catalogue') this.#catalogue.push(event);
        // The oldest belong to queries that were not measured.
        if (this.#catalogue.length > MOST_CATALOGUE_EVENTS) this.#catalogue.shift();
        continue;
      }
      const events = this.#byConnection.get(record.connectionId);
      if (
        record.queryId === undefined &&
        this.#searched.size > 0 &&
        this.#find(record.connectionId, messageOf(record))
      ) {
        continue;
      }
      if (events === undefined) continue;
      const event = engineEvent(record);
      // A profile that DuckDB writes does not belong to the query.
      if (event !== undefined && !isPrivate(event)) events.add(record.queryId, event);
    }
  }

  #find(address: string, message: string): boolean {
    for (const [mark, found] of this.#searched) {
      if (!message.includes(mark)) continue;
      this.#searched.delete(mark);
      found(address);
      return true;
    }
    return false;
  }

  #keepHouse(): void {
    if (this.#problem !== undefined || this.#changing !== undefined) return;
    try {
      if (this.#file.spaceLeft < LEAST_SPACE_BYTES) this.#stopForSpace();
      else if (this.#file.size - this.#offset > READ_BEHIND_BYTES) this.read();
      if (this.#offset > ROTATED_BYTES) void this.rotate();
    } catch {
      this.#problem = 'unreadable';
    }
  }

  /** Checks the disk and drops what nobody reads while no query is measured: others of the instance may run. */
  #keepHouseIdle(): void {
    if (this.#problem !== undefined || this.#changing !== undefined) return;
    if (this.#running.size > 0 || this.#attaching > 0) return;
    try {
      if (this.#file.spaceLeft < LEAST_SPACE_BYTES) this.#stopForSpace();
      else if (this.#file.size - this.#offset > READ_BEHIND_BYTES) this.#empty();
    } catch {
      this.#problem = 'unreadable';
    }
  }

  #stopForSpace(): void {
    this.#headroom?.truncate();
    this.#problem = 'no-space';
    this.#checkedAt = performance.now();
    void this.#change(async () => void (await this.#connection.run('CALL disable_logging()'))).catch(() => {});
  }

  #recheck(): void {
    if (performance.now() - this.#checkedAt < RECHECK_MS || this.#changing !== undefined) return;
    this.#checkedAt = performance.now();
    if (this.#file.spaceLeft < 2 * LEAST_SPACE_BYTES) return;
    void this.#change(async () => {
      await this.#enable(this.#file.sqlPath);
      this.#holdHeadroom();
      this.#problem = undefined;
    }).catch(() => {});
  }

  #empty(): void {
    this.#file.truncate();
    this.#offset = 0;
    this.afterwards(() => this.#reader.restart());
  }

  #holdHeadroom(): void {
    this.#headroom ??= tryOpen({ ...this.#options, extension: 'csv' });
    this.#headroom?.reserve(HEADROOM_BYTES);
  }

  #closeFiles(): void {
    this.#file.close();
    this.#spare?.close();
  }

  /** Runs the changes of settings one after another. */
  #change(work: () => Promise<void>): Promise<void> {
    const changing = (this.#changing ?? Promise.resolve()).then(work, work);
    this.#changing = changing;
    return changing.finally(() => {
      if (this.#changing === changing) this.#changing = undefined;
    });
  }
}

/**
 * The types of entries to log. Reads are logged while a connection is attached, which is found by a file that it opens,
 * and where nothing else of DuckDB itself is asked for: `enable_logging` takes no type of an extension alone.
 */
function typesOf(kinds: ReadonlySet<EventKind>, isAttaching: boolean): readonly string[] {
  const isAlone = !kinds.has('requests') && !kinds.has('row-groups');
  return logTypes(isAttaching || isAlone ? new Set<EventKind>(['reads', ...kinds]) : kinds);
}

function isPrivate(event: EngineEvent): boolean {
  return event.kind === 'reads' && isPrivatePath(event.path);
}

function tryOpen(options: PrivateFileOptions): PrivateFile | undefined {
  try {
    return PrivateFile.open(options);
  } catch {
    return undefined;
  }
}
