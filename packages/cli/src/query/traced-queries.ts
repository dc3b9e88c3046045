import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api';
import { type SpanExporter, startTracing, type TracingHandle } from '@planscope/bootstrap';
import { resolveTracingConfig } from '@planscope/config';
import { flush, type QueryPreset, traceConnection } from '@planscope/duckdb';
import { type Run, runsFromSpans, type SdkSpan } from '@planscope/run-model';
import { CommandError, EXIT } from '../command-error.ts';
import { checkDatabaseFile } from '../input/database-file.ts';

/** A query to run and trace. */
export interface QueryToTrace {
  readonly sql: string;
  /** File of a database; undefined for one in memory. */
  readonly database: string | undefined;
  /** Whether the database may be changed. */
  readonly write: boolean;
  readonly preset: QueryPreset;
  /** How often to run it, from 1. */
  readonly repeat: number;
  /** Rows of the result to keep. */
  readonly maxRows: number;
  /** File that the trace is appended to. */
  readonly traceFile: string | undefined;
  readonly signal: AbortSignal;
  /** Called after each run with the number of finished ones. */
  readonly onRun: (finished: number) => void;
  /** Called with what went wrong while the trace was written. */
  readonly onWarning: (message: string) => void;
}

/** The first rows of a result. */
export interface QueryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Json[])[];
  /** Number of all rows. */
  readonly rowCount: number;
}

/** What the runs of a query gave. */
export interface TracedQueries {
  /** The rows of the first run. */
  readonly result: QueryRows;
  /** One for each statement that was run, in order. */
  readonly runs: readonly Run[];
  /** Spans that are missing from the runs or from the file of the trace. */
  readonly lostSpans: number;
}

/** The error of a query, with what was traced until then. */
export class QueryFailure extends CommandError {
  readonly runs: readonly Run[];

  constructor(cause: unknown, runs: readonly Run[]) {
    super(cause instanceof Error ? cause.message : String(cause), { exitCode: EXIT.failed, cause });
    this.runs = runs;
  }
}

/**
 * Runs a query in DuckDB and traces it.
 *
 * @throws CommandError if the database or the file of the trace cannot be opened, QueryFailure if the query fails
 */
export async function traceQueries(query: QueryToTrace): Promise<TracedQueries> {
  const spans: SdkSpan[] = [];
  if (query.database !== undefined) await checkDatabaseFile(query.database);
  const tracing = startPipeline(query, spans);
  const instance = await openDatabase(query);
  const connection = await instance.connect();
  const traced = traceConnection(connection, {
    tracerProvider: tracing.tracerProvider,
    preset: query.preset,
    events: { instance, kinds: ['reads', 'requests', 'row-groups'] },
  });
  const ran = await runAll(traced, query).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  connection.closeSync();
  await flush();
  await tracing.shutdown();
  instance.closeSync();
  query.signal.throwIfAborted();
  const runs = runsFromSpans(spans);
  if ('error' in ran) throw new QueryFailure(ran.error, runs);
  const lostSpans = tracing.stats().reduce((sum, { dropped }) => sum + dropped, 0);
  return { result: ran.result, runs, lostSpans };
}

/** Starts a pipeline that collects spans, and also writes them to the file of the trace if there is one. */
function startPipeline({ preset, traceFile, onWarning }: QueryToTrace, spans: SdkSpan[]): TracingHandle {
  const { config } = resolveTracingConfig({
    preset: preset === 'off' ? 'production-lean' : preset,
    environment: {},
    explicit: traceFile === undefined ? { exporters: [] } : { exporters: ['file'], file: { path: traceFile } },
  });
  const collector: SpanExporter = {
    export(batch, done) {
      spans.push(...(batch as SdkSpan[]));
      done({ code: 0 });
    },
    async shutdown() {},
  };
  try {
    return startTracing(config, { register: 'never', warn: onWarning, spanExporters: [collector] });
  } catch (cause) {
    throw new CommandError(`cannot write the trace to ${traceFile}: ${(cause as Error).message}`, { cause });
  }
}

async function runAll(connection: DuckDBConnection, query: QueryToTrace): Promise<QueryRows> {
  let repeated: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    // DuckDB forgets an interrupt that comes before it has begun to execute the query.
    repeated = setInterval(() => connection.interrupt(), 100);
  };
  query.signal.addEventListener('abort', interrupt, { once: true });
  try {
    query.signal.throwIfAborted();
    const first = await runOnce(connection, query.sql, query.maxRows);
    query.onRun(1);
    for (let finished = 1; finished < query.repeat; finished += 1) {
      query.signal.throwIfAborted();
      await runOnce(connection, query.sql, 0);
      query.onRun(finished + 1);
    }
    return first;
  } finally {
    query.signal.removeEventListener('abort', interrupt);
    clearInterval(repeated);
  }
}

async function runOnce(connection: DuckDBConnection, sql: string, maxRows: number): Promise<QueryRows> {
  const result = await connection.stream(sql);
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
  const rows: Json[][] = [];
  let rowCount = 0;
  if (maxRows > 0) {
    for await (const batch of result.yieldRowsJson()) {
      rowCount += batch.length;
      if (rows.length < maxRows) rows.push(...batch.slice(0, maxRows - rows.length));
    }
  } else {
    for await (const batch of result) rowCount += batch.rowCount;
  }
  return { columns, rows, rowCount };
}

async function openDatabase({ database, write }: QueryToTrace): Promise<DuckDBInstance> {
  if (database === undefined) return DuckDBInstance.create(':memory:');
  try {
    return await DuckDBInstance.create(database, { access_mode: write ? 'READ_WRITE' : 'READ_ONLY' });
  } catch (cause) {
    throw new CommandError(`cannot open the database ${database}: ${(cause as Error).message}`, { cause });
  }
}
