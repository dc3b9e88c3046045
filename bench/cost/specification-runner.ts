import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { TracerProvider } from '@opentelemetry/api';
import type { TracingConfigInput } from '@planscope/config';
import { createEngine, type ExecutionSpec } from '@planscope/engine';
import { profileByItself } from './own-profiling.ts';

/** Runs one specification repeatedly. */
export interface SpecificationRunner {
  run(): Promise<unknown>;
  close(): Promise<void>;
}

export async function openEngine(
  spec: ExecutionSpec,
  tracing: TracingConfigInput,
  tracerProvider: TracerProvider,
): Promise<SpecificationRunner> {
  const engine = await createEngine({ tracing, environment: {}, tracerProvider });
  return { run: () => engine.run(spec), close: () => engine.close() };
}

/**
 * Runs on the bare driver the statements that a program would write for the outputs of a specification.
 *
 * @param folder for the output files and profiles
 * @param profiles whether DuckDB profiles them
 */
export async function openDriver(
  spec: ExecutionSpec,
  folder: string,
  { profiles = false }: { readonly profiles?: boolean } = {},
): Promise<SpecificationRunner> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const profiling = profiles ? await profileByItself(connection, folder) : undefined;
  return {
    async run() {
      for (const { name, from, location } of spec.outputs) {
        const sql = statement(spec, from);
        if (location === undefined) await connection.runAndReadAll(sql);
        else await connection.run(`COPY (${sql}) TO '${join(folder, `${name}-bare.parquet`)}'`);
        profiling?.read();
      }
    },
    close() {
      profiling?.close();
      connection.closeSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

function statement({ inputs = [], views = [] }: ExecutionSpec, from: string): string {
  const relations = [
    ...inputs.map(({ name, location }) => `${name} AS (FROM '${location}')`),
    ...views.map(({ name, sql }) => `${name} AS (${sql})`),
  ];
  return `WITH ${relations.join(', ')} SELECT * FROM ${from}`;
}
