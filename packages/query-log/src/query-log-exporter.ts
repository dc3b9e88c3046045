import { RunCollector, type SdkSpan } from '@planscope/run-model';
import { DatabaseFile } from './database-file.ts';
import { ParquetFolder } from './parquet-folder.ts';
import { limitsOf, type QueryLogOptions } from './query-log-options.ts';
import { type QueryLogStats, QueryLogWriter } from './query-log-writer.ts';

const DEFAULT_FOLDER = 'planscope-queries';
/** Code of success and failure in the OpenTelemetry SDK. */
const [SUCCESS, FAILED] = [0, 1];

/**
 * A span exporter of the OpenTelemetry SDK that keeps a log of queries: one row for each query that ended, as Parquet
 * files or in a DuckDB file. Spans of other libraries are ignored.
 *
 * A row waits in memory for at most `flushMillis`; a process that is killed loses no other rows. While the disk is full,
 * rows wait within `maxBufferBytes`, and then are lost and counted. The queries of the program never wait for the log.
 */
export class QueryLogExporter {
  readonly #collector = new RunCollector();
  readonly #writer: QueryLogWriter;
  readonly #warn: (message: string) => void;
  readonly #place: string;
  #isReported = false;
  #ending: Promise<void> | undefined;

  /** @throws QueryLogError for an invalid option, or for a folder that this process cannot write to */
  constructor(options: QueryLogOptions = {}) {
    const limits = limitsOf(options);
    const report = (problem: string): void => this.#report(problem);
    const { folder = DEFAULT_FOLDER, database, warn = printWarning } = options;
    const storage =
      database === undefined ? new ParquetFolder(folder, limits, report) : new DatabaseFile(database, limits, report);
    this.#warn = warn;
    this.#place = storage.place;
    this.#writer = new QueryLogWriter(storage, limits, report);
    process.on('exit', this.#onExit);
  }

  /** Absolute path of the folder or database. */
  get place(): string {
    return this.#place;
  }

  /** What happened to the rows so far. */
  get stats(): QueryLogStats {
    return this.#writer.stats;
  }

  /**
   * Takes finished spans, in the order of their ends. They have become rows when it calls back, and the rows may still
   * wait in memory.
   */
  export(spans: object[], resultCallback: (result: { readonly code: number; readonly error?: Error }) => void): void {
    if (this.#ending !== undefined) {
      resultCallback({ code: FAILED, error: new Error('[planscope/query-log] the log is closed') });
      return;
    }
    try {
      for (const run of this.#collector.add(spans as SdkSpan[])) this.#writer.add(run);
    } catch (error) {
      resultCallback({ code: FAILED, error: error instanceof Error ? error : new Error(String(error)) });
      return;
    }
    const { pressure } = this.#writer;
    if (pressure === undefined) resultCallback({ code: SUCCESS });
    else void pressure.then(() => resultCallback({ code: SUCCESS }));
  }

  /**
   * Writes all rows.
   *
   * @throws the error of the write that failed; the rows are kept for the next one
   */
  forceFlush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Writes all rows, and says what was lost. Never rejects. */
  shutdown(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    // A failure was reported, and what it left is in the sum.
    await this.#writer.flush().catch(() => {});
    process.off('exit', this.#onExit);
    this.#sumUp('writing failed or was too slow; check the disk');
  }

  readonly #onExit = (): void => this.#sumUp('the process exited first; await shutdown() before process.exit()');

  #sumUp(reason: string): void {
    const { made, pending, lost } = this.stats;
    if (pending + lost > 0) {
      this.#warn(`${pending + lost} of ${made} queries are not in the log ${this.#place}: ${reason}`);
    }
  }

  #report(problem: string): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#warn(`${this.#place}: ${problem}. Further failures are summed up at the end.`);
  }
}

function printWarning(message: string): void {
  process.stderr.write(`[planscope/query-log] ${message}\n`);
}
