import { type TracerProvider, trace } from '@opentelemetry/api';
import { instrumentExecution, traceQuery } from '@planscope/exec-instrumentation';
import { type ExecutionPlan, planStatement, type StatementSession, type TaskContext } from '@planscope/plan';
import { instrumentSession } from '@planscope/rule-instrumentation';
import { type AsyncDataSource, type AsyncRow, type ExecuteContext, planSql, type QueryPlan } from 'squirreling';
import { describePlanNode } from './describe-plan-node.ts';
import { childrenOf, SquirrelExec, type SquirrelRow } from './squirrel-exec.ts';

/** Runs a query, with a span for its planning and for each operator under one for the query. */
export function tracedQuery(
  sql: string,
  tables: Record<string, AsyncDataSource>,
  tracerProvider: TracerProvider = trace.getTracerProvider(),
): AsyncIterable<SquirrelRow> {
  const untraced: StatementSession<string, SquirrelRow> = {
    createPhysicalPlan: (text) => physicalPlan(text, tables),
    describe: (text) => [{ key: 'sql', text, kind: 'sql' }],
    physicalOptimizerRules: [instrumentExecution({ tracerProvider })],
  };
  const session = instrumentSession(untraced, { tracerProvider, planner: 'squirreling' });
  async function* run(task: TaskContext): AsyncGenerator<SquirrelRow> {
    const { batches, outcome } = (await planStatement(session, sql, task)).execute(0, task);
    yield* batches;
    await outcome;
  }
  return traceQuery({ system: 'squirreling', text: sql, tracerProvider }, run);
}

/** The engine's plan as nodes of the contract. A common table expression that is used twice is one node. */
export function physicalPlan(sql: string, tables: Record<string, AsyncDataSource>): ExecutionPlan<SquirrelRow> {
  const query: ExecuteContext = { tables, ctePlans: new Map(), cteColumns: new Map() };
  const known = new Map<QueryPlan, SquirrelExec>();
  const adapt = (node: QueryPlan): SquirrelExec => {
    const children = childrenOf(node).map(([, child]) => adapt(child));
    const adapted = known.get(node) ?? new SquirrelExec(node, children, query, describePlanNode(node, sql));
    known.set(node, adapted);
    return adapted;
  };
  return adapt(planSql({ query: sql, ...query }));
}

/** The values of a row. */
export async function valuesOf({ cells }: AsyncRow): Promise<Record<string, unknown>> {
  return Object.fromEntries(await Promise.all(Object.entries(cells).map(async ([key, cell]) => [key, await cell()])));
}
