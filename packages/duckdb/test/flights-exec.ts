import type { EngineReport, Execution, ExecutionOutcome, OperatorReport } from '@planscope/plan';
import type { RecordBatch } from 'apache-arrow';
import { DuckDBExec, type DuckDBExecOptions } from '../src/exec/duckdb-exec.ts';
import type { DuckDBSession } from '../src/session/duckdb-session.ts';
import { FilesNode } from './files-node.ts';
import { AIRPORTS, FLIGHTS } from './flights.ts';

/** A node over `flights` and `airports`, its schema described by the session. */
export async function flightsExec(
  session: DuckDBSession,
  sql: string,
  options: Partial<DuckDBExecOptions> = {},
): Promise<DuckDBExec> {
  const inputs = [
    { name: 'flights', format: 'parquet', paths: [FLIGHTS] },
    { name: 'airports', format: 'csv', paths: [AIRPORTS] },
  ] as const;
  const { schema } = await session.describe({ sql, views: options.views ?? [], inputs });
  return new DuckDBExec({
    session,
    sql,
    schema,
    inputs,
    children: [new FilesNode([FLIGHTS]), new FilesNode([AIRPORTS])],
    ...options,
  });
}

/** Pulls an execution to its end. */
export async function collect({
  batches,
  outcome,
}: Execution): Promise<{ readonly batches: readonly RecordBatch[]; readonly outcome: ExecutionOutcome }> {
  const collected: RecordBatch[] = [];
  for await (const batch of batches) collected.push(batch);
  return { batches: collected, outcome: await outcome };
}

/** The report of an outcome that must have one. */
export function reportOf({ report }: ExecutionOutcome): EngineReport {
  if (report === undefined) throw new Error('the outcome has no report');
  return report;
}

/** All operators of a report, parents first. */
export function* operatorsOf(operators: readonly OperatorReport[] = []): Generator<OperatorReport> {
  for (const operator of operators) {
    yield operator;
    yield* operatorsOf(operator.children);
  }
}

/** A metric of an operator or report as a number. */
export function metric(of: { readonly metrics?: EngineReport['metrics'] }, name: string): number | undefined {
  const value = of.metrics?.find((entry) => entry.name === name)?.value;
  return value === undefined ? undefined : Number(value);
}
