import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type QueryPreset, traceConnection } from '@planscope/duckdb';
import { createSpanRecorder } from '@planscope/testing';

export const TABLES = ['lineitem', 'orders', 'partsupp', 'part', 'customer', 'supplier', 'nation', 'region'];

/** Where the tables are: one Parquet file each, or a database file. */
export type Input = 'parquet' | 'database';

/** An operator as DuckDB's profile has it, field for field. */
export interface RawOperator {
  readonly operator_name: string;
  readonly operator_type: string;
  readonly operator_cardinality: number;
  readonly operator_timing: number;
  readonly cpu_time: number;
  readonly operator_rows_scanned: number;
  readonly result_set_size: number;
  readonly extra_info: Readonly<Record<string, string | readonly string[]>>;
  readonly children: readonly RawOperator[];
}

interface RawProfile extends Readonly<Record<string, unknown>> {
  readonly children: readonly RawOperator[];
}

/** One execution: what Planscope says of it, and what DuckDB wrote of the same. */
export interface TracedQuery {
  readonly spans: readonly ReadableSpan[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly raw: RawProfile;
  /** Rows that the driver gave. */
  readonly rows: number;
  /** The operators that EXPLAIN ANALYZE found in another execution. */
  readonly analyzed: readonly RawOperator[];
}

/** Runs a query once, traced, on an instance of its own that caches no file. */
export async function runTraced(
  folder: string,
  sql: string,
  { input, preset, around = (run) => run() }: { input: Input; preset: QueryPreset; around?: Around },
): Promise<TracedQuery> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', enable_external_file_cache: 'false' });
  const own = await instance.connect();
  if (input === 'database') await own.run(`ATTACH '${join(folder, 'tpch.duckdb')}' AS tpch (READ_ONLY)`);
  for (const table of TABLES) {
    const from = input === 'database' ? `tpch.${table}` : `read_parquet('${join(folder, `${table}.parquet`)}')`;
    await own.run(`CREATE VIEW ${table} AS FROM ${from}`);
  }
  const recorder = createSpanRecorder();
  const warnings: { code: string; message: string }[] = [];
  const connection = traceConnection(await instance.connect(), {
    tracerProvider: recorder.tracerProvider,
    preset,
    events: { instance },
    warn: (warning) => warnings.push(warning),
  });
  // The first query sets DuckDB's log up.
  await connection.run('SELECT 42');
  await settled(recorder);
  recorder.clear();
  const profiles = watchProfiles();
  const reader = await around(() => connection.runAndReadAll(sql));
  await settled(recorder);
  profiles.stop();
  const spans = recorder.spans();
  connection.closeSync();
  const explained = await own.runAndReadAll(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`);
  const [analysis] = (JSON.parse(String(explained.getRows()[0]?.[1])) as RawProfile).children;
  own.closeSync();
  instance.closeSync();
  const raw = profiles.found.find(({ query_name }) => query_name === sql);
  if (raw === undefined) throw new Error('DuckDB wrote no profile of the query');
  return { spans, warnings, raw, rows: reader.currentRowCount, analyzed: analysis?.children ?? [] };
}

type Around = <T>(run: () => Promise<T>) => Promise<T>;

async function settled(recorder: ReturnType<typeof createSpanRecorder>): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 20));
  while (recorder.openSpans() > 0 || recorder.spans().length === 0);
}

/** The profile goes through a file without a name, so it is taken where its text is parsed, before anything is made of it. */
function watchProfiles(): { readonly found: RawProfile[]; stop(): void } {
  const parse = JSON.parse;
  const found: RawProfile[] = [];
  JSON.parse = (text, ...rest) => {
    if (String(text).includes('"query_name"')) found.push(parse(text));
    return parse(text, ...rest);
  };
  return {
    found,
    stop: () => {
      JSON.parse = parse;
    },
  };
}
