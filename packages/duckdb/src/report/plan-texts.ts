import type { DuckDBConnection } from '@duckdb/node-api';
import type { ExtraInfo } from '../profile/query-profile.ts';
import { describeOperator } from './describe-operator.ts';

/** The plans of one query, indented, one line a node. They hold literals. */
export interface PlanTexts {
  readonly logical?: string;
  readonly optimized?: string;
  readonly physical?: string;
  /** Names of the columns of the query's inputs. */
  readonly columns?: readonly string[];
}

/** A node of a plan that EXPLAIN (FORMAT json) gives. */
interface ExplainedNode {
  readonly name: string;
  readonly children: readonly ExplainedNode[];
  readonly extra_info: ExtraInfo;
}

/**
 * Has DuckDB plan a query again to show its plans; nothing is executed.
 *
 * @param connection on which the query can be planned; its `explain_output` stays at `all`
 */
export async function explainPlans(connection: DuckDBConnection, query: string): Promise<PlanTexts> {
  await connection.run(`SET explain_output = 'all'`);
  const reader = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${query}`);
  const plans = new Map(reader.getRows().map(([key, json]) => [String(key), displayNodes(String(json))]));
  return {
    ...text('logical', plans.get('logical_plan')),
    ...text('optimized', plans.get('logical_opt')),
    ...text('physical', plans.get('physical_plan')),
    columns: await inputColumns(connection),
  };
}

/** Inputs are temporary views of the query's own connection. */
async function inputColumns(connection: DuckDBConnection): Promise<string[]> {
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
