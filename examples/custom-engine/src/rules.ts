import { type AnalyzerRule, type LogicalPlan, type OptimizerRule, transformPlan, walkPlan } from '@planscope/plan';
import type { Table } from 'apache-arrow';
import { Count, Filter, Scan } from './plan-nodes.ts';

/** Refuses a query over a table or column that there is not. */
export function checkNames(tables: ReadonlyMap<string, Table>): AnalyzerRule {
  return {
    name: 'check_names',
    apply(plan) {
      for (const scan of walkPlan(plan)) {
        if (!(scan instanceof Scan)) continue;
        const table = tables.get(scan.table);
        if (table === undefined) throw new Error(`there is no table "${scan.table}"`);
        const known = table.schema.fields.map(({ name }) => name);
        const unknown = columnsOf(plan).find((column) => !known.includes(column));
        if (unknown !== undefined) throw new Error(`"${scan.table}" has no column "${unknown}"`);
      }
      return plan;
    },
  };
}

/** Makes one filter of two that follow each other, so that rows are looked at once. */
export const mergeFilters: OptimizerRule = {
  name: 'merge_filters',
  apply: (plan) =>
    transformPlan<LogicalPlan>(plan, (node) =>
      node instanceof Filter && node.input instanceof Filter
        ? new Filter([...node.input.conditions, ...node.conditions], node.input.input)
        : node,
    ),
};

/** Reads only the columns that the query counts or compares; a query that puts out rows needs them all. */
export const pruneColumns: OptimizerRule = {
  name: 'prune_columns',
  apply: (plan) =>
    plan instanceof Count
      ? transformPlan<LogicalPlan>(plan, (node) =>
          node instanceof Scan && node.columns === undefined ? new Scan(node.table, columnsOf(plan)) : node,
        )
      : plan,
};

function columnsOf(plan: LogicalPlan): string[] {
  const columns = [...walkPlan(plan)].flatMap((node) => {
    if (node instanceof Filter) return node.conditions.map(({ column }) => column);
    return node instanceof Count ? [node.column] : [];
  });
  return [...new Set(columns)];
}
