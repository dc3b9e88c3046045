import type { ColumnDescription } from '@planscope/duckdb';
import type { ExecutionPlan, LogicalPlan, PlanningContext, QueryPlanner } from '@planscope/plan';
import type { Schema } from 'apache-arrow';
import type { CatalogTarget } from '../backend/engine-backend.ts';
import { OutputsExec } from '../exec/upload-exec.ts';
import type { OutputNode } from '../logical/output-node.ts';
import { RelationNode } from '../logical/relation-node.ts';
import { SpecNode } from '../logical/spec-node.ts';
import { ViewNode } from '../logical/view-node.ts';
import type { OutputSpec } from '../spec/execution-spec.ts';
import { SpecError } from '../spec/spec-error.ts';
import { qualifiedTable, quoted } from './table-names.ts';
import { queryOf, type TrinoMeans, userError } from './trino-schemas.ts';

/** What planning the outputs of a run on Trino needs. */
export interface TrinoPlannerMeans extends TrinoMeans {
  /** Returns the table of an output; undefined for an output that is returned to the caller. */
  readonly targetOf: (output: OutputSpec) => CatalogTarget | undefined;
}

/** Creates one node for each output. Trino reads its inputs itself. */
export function trinoQueryPlanner(means: TrinoPlannerMeans): QueryPlanner {
  return {
    createPhysicalPlan: async (plan, context) => {
      if (!(plan instanceof SpecNode)) throw new TypeError('[planscope/engine] the planner plans specifications only');
      const outputs: ExecutionPlan[] = [];
      for (const node of plan.outputs) outputs.push(await outputPlan(node, means, context));
      return new OutputsExec(outputs);
    },
  };
}

async function outputPlan(
  node: OutputNode,
  means: TrinoPlannerMeans,
  context: PlanningContext,
): Promise<ExecutionPlan> {
  const { trino, session, parameters, fileTables } = means;
  const [from] = node.children;
  const { schema, columns } = columnsOf(from);
  const { sql, ...named } = queryOf(from, means);
  const target = means.targetOf(node.output);
  if (target !== undefined) await checkTable(node, target, columns, means, context);
  const bound = parameters.bind(target === undefined ? sql : writing(target, columns, means, sql));
  return new trino.TrinoExec({
    session,
    statement: bound.sql,
    parameters: bound.parameters,
    properties: fileTables?.properties,
    output: target === undefined ? 'batches' : 'table',
    schema,
    ...named,
  });
}

/** Columns are inserted by name, not by their order. */
function writing(
  { table, mode }: CatalogTarget,
  columns: readonly ColumnDescription[],
  { names }: TrinoPlannerMeans,
  sql: string,
): string {
  const name = qualifiedTable(table, 'outputs', names).sql;
  if (mode === 'create') return `CREATE TABLE ${name} AS\n${sql}`;
  return `INSERT INTO ${name} (${columns.map((column) => quoted(column.name)).join(', ')})\n${sql}`;
}

/**
 * Asks Trino whether the table takes columns of these names and types, before any output runs. The check has no
 * parameters, which EXPLAIN cannot have, so it names the types instead of the query.
 */
async function checkTable(
  { field, output }: OutputNode,
  target: CatalogTarget,
  columns: readonly ColumnDescription[],
  means: TrinoPlannerMeans,
  { signal, otelContext }: PlanningContext,
): Promise<void> {
  const { trino, session } = means;
  checkColumns(`${field}.from`, output.from, columns);
  const values = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoted(name)}`).join(', ');
  try {
    await session.validate(writing(target, columns, means, `SELECT ${values}`), { signal, otelContext });
  } catch (error) {
    if (!trino.TrinoQueryError.isInstance(error)) throw error;
    const { errorName } = error;
    if (errorName === 'TABLE_ALREADY_EXISTS') {
      throw invalid(`${field}.mode`, `there is a table ${target.table} already; use "append"`, error);
    }
    if (errorName === 'TABLE_NOT_FOUND') {
      throw invalid(`${field}.mode`, `there is no table ${target.table}; use "create"`, error);
    }
    throw userError(trino, error, 'invalid-spec', `${field}.table`);
  }
}

function checkColumns(field: string, from: string, columns: readonly ColumnDescription[]): void {
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return;
  const text = `"${from}" has two columns "${twice}"; give one of them another name, since a table cannot have both`;
  throw new SpecError('invalid-spec', field, text);
}

function invalid(field: string, text: string, cause: unknown): SpecError {
  return new SpecError('invalid-spec', field, text, { cause });
}

function columnsOf(node: LogicalPlan): { readonly schema: Schema; readonly columns: readonly ColumnDescription[] } {
  const { schema, columns } = node instanceof RelationNode || node instanceof ViewNode ? node : {};
  if (schema !== undefined && columns !== undefined) return { schema, columns };
  throw new Error(`[planscope/engine] the columns of a ${node.name} are not resolved`);
}
