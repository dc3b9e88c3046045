import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { flush, type TraceConnectionOptions, traceConnection } from '@planscope/duckdb';
import { createSpanRecorder } from '@planscope/testing';
import type { QueryLogExporter } from '../src/index.ts';

/** A traced connection whose finished spans go to a log. */
export interface TracedProgram {
  readonly connection: DuckDBConnection;
  /** Hands the spans of the queries so far to the log. */
  deliver(log: QueryLogExporter): Promise<void>;
  close(): void;
}

export async function traceProgram(options: Partial<TraceConnectionOptions> = {}): Promise<TracedProgram> {
  const recorder = createSpanRecorder();
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = traceConnection(await instance.connect(), {
    tracerProvider: recorder.tracerProvider,
    warn: () => {},
    events: { instance },
    ...options,
  });
  return {
    connection,
    async deliver(log) {
      await flush();
      const spans = [...recorder.spans()];
      recorder.clear();
      await new Promise<void>((resolve, reject) =>
        log.export(spans, ({ code, error }) => (code === 0 ? resolve() : reject(error))),
      );
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Finished spans of queries with texts, as an instrumentation of another engine may make them. */
export function madeQueries(count: number, text: (index: number) => string): object[] {
  const recorder = createSpanRecorder();
  const tracer = recorder.tracerProvider.getTracer('test');
  for (let index = 0; index < count; index += 1) {
    const attributes = {
      'planscope.span.kind': 'query',
      'db.system.name': 'test',
      'db.query.text': text(index),
      'planscope.plan.executed_fingerprint': String(index % 10),
    };
    tracer.startSpan('SELECT', { attributes }).end();
  }
  return [...recorder.spans()];
}

/** Runs SQL in a DuckDB of its own, as a reader of the log does. */
export async function readLog(sql: string, path = ':memory:'): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(path, path === ':memory:' ? {} : { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
