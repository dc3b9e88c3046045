import type { ExecutionPlan, LogicalPlan } from '@planscope/plan';
import type { Table } from 'apache-arrow';
import { CountExec } from './count-exec.ts';
import { FilterExec } from './filter-exec.ts';
import { Count, Filter, Scan } from './plan-nodes.ts';
import { ScanExec } from './scan-exec.ts';

/** The operators that compute what a logical plan asks for. */
export function createOperators(plan: LogicalPlan, tables: ReadonlyMap<string, Table>): ExecutionPlan {
  if (plan instanceof Count) return new CountExec(plan.column, createOperators(plan.input, tables));
  if (plan instanceof Filter) return new FilterExec(plan.conditions, createOperators(plan.input, tables));
  const table = plan instanceof Scan ? tables.get(plan.table) : undefined;
  if (!(plan instanceof Scan) || table === undefined) throw new Error(`no operator for ${plan.name}`);
  return new ScanExec(plan.table, plan.columns === undefined ? table : table.select([...plan.columns]));
}
