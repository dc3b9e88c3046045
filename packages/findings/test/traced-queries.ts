import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type TraceConnectionOptions, traceConnection } from '@planscope/duckdb';
import { type Run, runsFromSpans } from '@planscope/run-model';
import { createSpanRecorder } from '@planscope/testing';

/** A traced connection of an instance of its own that returns the run of each query. */
export interface TracedQueries {
  /** Runs a statement to its end without a trace. */
  prepare(sql: string): Promise<void>;
  /** Runs a query to its end and reads its trace. */
  run(sql: string): Promise<Run>;
  /** Runs the next queries on a new connection, whose peaks DuckDB 1.5 counts anew. */
  reconnect(): Promise<void>;
  close(): void;
}

/**
 * @param options.settings of the instance
 * @param options.trace options of the traced connection; reads, requests and row groups are logged by default
 */
export async function traceQueries(
  options: {
    readonly path?: string;
    readonly settings?: Readonly<Record<string, string>>;
    readonly trace?: Partial<TraceConnectionOptions>;
  } = {},
): Promise<TracedQueries> {
  const recorder = createSpanRecorder();
  const instance = await DuckDBInstance.create(options.path ?? ':memory:', { threads: '2', ...options.settings });
  const plain = await instance.connect();
  const connect = async (): Promise<DuckDBConnection> =>
    traceConnection(await instance.connect(), {
      tracerProvider: recorder.tracerProvider,
      warn: () => {},
      events: { instance, kinds: ['reads', 'requests', 'row-groups'] },
      ...options.trace,
    });
  let connection = await connect();
  return {
    async prepare(sql) {
      await plain.run(sql);
    },
    async run(sql) {
      recorder.clear();
      await connection.runAndReadAll(sql);
      while (recorder.openSpans() > 0) await new Promise((resolve) => setTimeout(resolve, 2));
      const [run, ...more] = runsFromSpans(recorder.spans());
      if (run === undefined || more.length > 0) throw new Error(`${more.length + 1} runs were recorded instead of one`);
      return run;
    },
    async reconnect() {
      connection.closeSync();
      connection = await connect();
    },
    close() {
      connection.closeSync();
      plain.closeSync();
      instance.closeSync();
    },
  };
}
