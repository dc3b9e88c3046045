import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { displayNodes } from '../report/plan-texts.ts';
import { createViewStatement, type FileBinding } from '../sql/input-binding.ts';
import { quoteString } from '../sql/quote.ts';
import { tableReferences } from '../sql/table-references.ts';

/** A query whose optimizers are to be told apart. */
export interface AblatedQuery {
  /** One SELECT. */
  readonly sql: string;
  readonly inputs: readonly FileBinding[];
  /** Settings of the instance that ran it. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The plan before and after one optimizer; the same text where it changed nothing. */
export interface OptimizerEffect {
  readonly planBefore: string;
  readonly planAfter: string;
}

export type Ablation =
  | { readonly effects: ReadonlyMap<string, OptimizerEffect> }
  /** Why it could not be done; no data of the query. */
  | { readonly unavailable: string };

const DEFAULT_LIMIT_MS = 2000;

/**
 * Finds what each optimizer does to a query: it is planned with none of them, then with one more each time, in the order
 * DuckDB lists them. That is done on an instance of its own over the same files, since which optimizers run is a setting
 * of a whole instance; tables that only the session has are not there, and without their statistics plans mean nothing.
 * Never throws.
 *
 * @param limit milliseconds after which it is given up
 */
export async function ablateOptimizers(query: AblatedQuery, limit: number = DEFAULT_LIMIT_MS): Promise<Ablation> {
  const deadline = performance.now() + limit;
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(':memory:', { ...query.settings });
    const connection = await instance.connect();
    const ablation = await ablate(connection, query, deadline);
    connection.disconnectSync();
    return ablation;
  } catch (error) {
    return { unavailable: `the query could not be planned over its files alone (${(error as Error).name})` };
  } finally {
    instance?.closeSync();
  }
}

async function ablate(connection: DuckDBConnection, query: AblatedQuery, deadline: number): Promise<Ablation> {
  const { sql, inputs } = query;
  const known = new Set(inputs.map(({ name }) => name.toLowerCase()));
  const references = await tableReferences(connection, sql);
  if (references.some(({ name, schema }) => schema !== undefined || !known.has(name.toLowerCase()))) {
    return { unavailable: 'the query reads tables of the session, whose statistics another instance does not have' };
  }
  for (const input of inputs) await connection.run(createViewStatement(input));
  await connection.run(`SET explain_output = 'optimized_only'`);
  const optimizers = (await connection.runAndReadAll('SELECT name FROM duckdb_optimizers()')).getRows().map(String);
  const effects = new Map<string, OptimizerEffect>();
  let planBefore = await planWithout(connection, optimizers, sql);
  for (const [index, optimizer] of optimizers.entries()) {
    if (performance.now() > deadline)
      return { unavailable: 'planning the query once for each optimizer took too long' };
    const planAfter = await planWithout(connection, optimizers.slice(index + 1), sql);
    effects.set(optimizer, { planBefore, planAfter });
    planBefore = planAfter;
  }
  return { effects };
}

async function planWithout(connection: DuckDBConnection, optimizers: readonly string[], sql: string): Promise<string> {
  await connection.run(`SET disabled_optimizers = ${quoteString(optimizers.join(','))}`);
  const reader = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`);
  return displayNodes(String(reader.getRows()[0]?.[1]));
}
