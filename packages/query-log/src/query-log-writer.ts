import type { Run } from '@planscope/run-model';
import type { LogStorage } from './log-part.ts';
import { LONGEST_TIMER, type QueryLogLimits } from './query-log-options.ts';
import { planText, type QueryRow, queryRow } from './query-row.ts';

/** What happened to the rows; `made` is the sum of the others. */
export interface QueryLogStats {
  /** Queries and runs that ended. */
  readonly made: number;
  /** Rows that are in the log. */
  readonly written: number;
  /** Rows that wait in memory. */
  readonly pending: number;
  /** Rows that found no room in memory while writing failed or was too slow. */
  readonly lost: number;
}

/** Holds rows in bounded memory and writes them from time to time. A write that fails is tried again. */
export class QueryLogWriter {
  readonly #storage: LogStorage;
  readonly #limits: QueryLogLimits;
  readonly #report: (problem: string) => void;
  #rows: QueryRow[] = [];
  /** Texts of the plans of these rows. */
  #plans = new Map<string, string>();
  /** Bytes of the rows and plans, those that are being written included. */
  #bytes = 0;
  #inFlight = 0;
  #counts = { made: 0, written: 0, lost: 0 };
  #last: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isFailing = false;
  /** Whether a write for a full file has been asked for. */
  #isDue = false;

  /** @param report called with each failure of writing */
  constructor(storage: LogStorage, limits: QueryLogLimits, report: (problem: string) => void) {
    this.#storage = storage;
    this.#limits = limits;
    this.#report = report;
  }

  get stats(): QueryLogStats {
    return { ...this.#counts, pending: this.#rows.length + this.#inFlight };
  }

  /** Adds the row of a run. Never throws. */
  add(run: Run): void {
    this.#counts.made += 1;
    try {
      this.#add(run);
    } catch (error) {
      this.#counts.lost += 1;
      this.#report(`a query cannot be made a row (${String(error)})`);
    }
  }

  /** The write under way, if so many rows wait that more of them should wait for it. */
  get pressure(): Promise<unknown> | undefined {
    if (this.#isFailing || this.#bytes < this.#limits.maxBufferBytes / 2) return undefined;
    return this.flush().catch(() => {});
  }

  /**
   * Writes all rows added so far.
   *
   * @throws the error of the write that failed; the rows are kept
   */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const writing = this.#last.then(() => this.#write());
    this.#last = writing.catch(() => {});
    return writing;
  }

  #add(run: Run): void {
    const row = queryRow(run);
    const { plan } = row;
    const text = plan === null || this.#plans.has(plan) ? undefined : planText(run);
    const size = row.size + 2 * (text?.length ?? 0);
    if (this.#bytes + size > this.#limits.maxBufferBytes) {
      this.#counts.lost += 1;
      return;
    }
    if (plan !== null && text !== undefined) this.#plans.set(plan, text);
    this.#rows.push({ ...row, size });
    this.#bytes += size;
    if (this.#rows.length < this.#limits.maxFileRows || this.#isFailing) {
      this.#schedule();
    } else if (!this.#isDue) {
      this.#isDue = true;
      void this.flush().catch(() => {});
    }
  }

  #schedule(): void {
    const millis = Math.min(this.#limits.flushMillis, LONGEST_TIMER);
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), millis).unref();
  }

  async #write(): Promise<void> {
    this.#isDue = false;
    while (this.#rows.length > 0) {
      const rows = this.#rows.slice(0, this.#limits.maxFileRows);
      const plans = this.#plans;
      this.#rows = this.#rows.slice(rows.length);
      // The rows that are left, and those that come, may have the same plans.
      this.#plans = new Map(this.#rows.length === 0 ? [] : plans);
      this.#inFlight = rows.length;
      try {
        await this.#storage.write({ rows, plans });
        this.#counts.written += rows.length;
        this.#bytes -= rows.reduce((sum, { size }) => sum + size, 0);
        this.#isFailing = false;
      } catch (error) {
        this.#rows = [...rows, ...this.#rows];
        this.#plans = new Map([...plans, ...this.#plans]);
        this.#isFailing = true;
        this.#schedule();
        const reason = error instanceof Error ? error.message : String(error);
        this.#report(`cannot write to the log (${reason}); check the disk and the permissions`);
        throw error;
      } finally {
        this.#inFlight = 0;
      }
    }
  }
}
