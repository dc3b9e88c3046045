import type { DuckDBConnection } from '@duckdb/node-api';
import type { PlanNodeReport, PlanReport } from '@planscope/plan';
import type { ExtraInfo } from '../profile/query-profile.ts';
import { type BoundParameter, readBound } from '../sql/query-parameters.ts';
import { plannedFields } from './operator-attributes.ts';

/** The plans of one query. They contain literals. */
export interface ExplainedPlans {
  readonly logical?: PlanReport;
  readonly optimized?: PlanReport;
  readonly physical?: PlanReport;
}

/** A node of a plan from EXPLAIN (FORMAT json). */
interface ExplainedNode {
  readonly name: string;
  readonly children: readonly ExplainedNode[];
  readonly extra_info: ExtraInfo;
}

/** Makes EXPLAIN show the logical and the optimized plan as well. */
export async function showingAllPlans(connection: DuckDBConnection): Promise<DuckDBConnection> {
  await connection.run(`SET explain_output = 'all'`);
  return connection;
}

/**
 * Plans a query again with EXPLAIN, without executing it.
 *
 * @param connection a connection that can plan the query, with `explain_output` set to `all`
 * @param parameters values for its parameters, which can affect the plan
 */
export async function explainPlans(
  connection: DuckDBConnection,
  query: string,
  parameters: readonly BoundParameter[] = [],
): Promise<ExplainedPlans> {
  const reader = await readBound(connection, `EXPLAIN (FORMAT json) ${query}`, parameters);
  const plans = new Map(reader.getRows().map(([key, json]) => [String(key), planReport(String(json))]));
  return {
    ...given('logical', plans.get('logical_plan')),
    ...given('optimized', plans.get('logical_opt')),
    ...given('physical', plans.get('physical_plan')),
  };
}

/** The columns of the temporary views of a connection, which are the inputs of some queries. */
export async function viewColumns(connection: DuckDBConnection): Promise<string[]> {
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT column_name FROM duckdb_columns() WHERE database_name = 'temp'`,
  );
  return reader.getRows().map(([name]) => String(name));
}

function planReport(json: string): PlanReport {
  return (JSON.parse(json) as ExplainedNode[]).map(nodeReport);
}

function nodeReport({ name, children, extra_info }: ExplainedNode): PlanNodeReport {
  return { name, fields: plannedFields(extra_info), children: children.map(nodeReport) };
}

function given(key: keyof ExplainedPlans, plan: PlanReport | undefined): ExplainedPlans {
  return plan === undefined ? {} : { [key]: plan };
}
