import type { DuckDBConnection } from '@duckdb/node-api';
import type { ExtraInfo } from '../profile/query-profile.ts';
import { describeOperator } from './describe-operator.ts';

/** The plans of one query, indented, one line a node. They hold literals. */
export interface PlanTexts {
  readonly logical?: string;
  readonly optimized?: string;
  readonly physical?: string;
}

/** A node of a plan that EXPLAIN (FORMAT json) gives. */
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
 * Has DuckDB plan a query again to show its plans; nothing is executed.
 *
 * @param connection on which the query can be planned, with `explain_output` set to `all`
 */
export async function explainPlans(connection: DuckDBConnection, query: string): Promise<PlanTexts> {
  const reader = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${query}`);
  const plans = new Map(reader.getRows().map(([key, json]) => [String(key), displayNodes(String(json))]));
  return {
    ...text('logical', plans.get('logical_plan')),
    ...text('optimized', plans.get('logical_opt')),
    ...text('physical', plans.get('physical_plan')),
  };
}

/** The columns of the temporary views of a connection: some queries have their inputs as such views. */
export async function viewColumns(connection: DuckDBConnection): Promise<string[]> {
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT column_name FROM duckdb_columns() WHERE database_name = 'temp'`,
  );
  return reader.getRows().map(([name]) => String(name));
}

/** The nodes of a plan that EXPLAIN (FORMAT json) gives, indented, one line a node. */
function displayNodes(json: string): string {
  return (JSON.parse(json) as ExplainedNode[]).map((node) => displayNode(node, 0)).join('\n');
}

function displayNode({ name, children, extra_info }: ExplainedNode, depth: number): string {
  const line = '  '.repeat(depth) + describeOperator(name, extra_info);
  return [line, ...children.map((child) => displayNode(child, depth + 1))].join('\n');
}

function text(key: 'logical' | 'optimized' | 'physical', plan: string | undefined): Partial<PlanTexts> {
  return plan === undefined ? {} : { [key]: plan };
}
