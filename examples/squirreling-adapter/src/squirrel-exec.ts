import {
  type Batch,
  createExecution,
  type Execution,
  type ExecutionPlan,
  expectChildCount,
  type NodeField,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { type AsyncDataSource, type AsyncRow, type ExecuteContext, executePlan, type QueryPlan } from 'squirreling';

/** One row, as the engine streams it: a cell is computed when it is asked for. */
export interface SquirrelRow extends Batch {
  readonly row: AsyncRow;
}

/** One node of the engine's plan; its children are nodes of their own, which it reads as if they were tables. */
export class SquirrelExec implements ExecutionPlan<SquirrelRow> {
  readonly name: string;
  readonly output = 'batches';
  readonly properties = singlePartition;

  /**
   * @param node with everything below it
   * @param children of the node, in order
   * @param query what the engine needs beside the plan: tables, functions, common table expressions
   */
  constructor(
    readonly node: QueryPlan,
    readonly children: readonly ExecutionPlan<SquirrelRow>[],
    readonly query: ExecuteContext,
    readonly fields: readonly NodeField[],
  ) {
    this.name = `${node.type}Exec`;
  }

  withNewChildren(children: readonly ExecutionPlan<SquirrelRow>[]): SquirrelExec {
    expectChildCount(this, children);
    return new SquirrelExec(this.node, children, this.query, this.fields);
  }

  describe(): readonly NodeField[] {
    return this.fields;
  }

  execute(partition: number, context: TaskContext): Execution<SquirrelRow> {
    return createExecution(context, () => this.#rows(partition, context));
  }

  async *#rows(partition: number, context: TaskContext): AsyncGenerator<SquirrelRow> {
    const { signal } = context;
    const tables: Record<string, AsyncDataSource> = { ...this.query.tables };
    const inputs = childrenOf(this.node).map(([key, node], index): [string, QueryPlan] => {
      const { columns } = executePlan({ plan: node, context: this.query });
      tables[`child ${index}`] = childTable(columns, () => this.children[index]?.execute(partition, context));
      return [key, { type: 'Scan', table: `child ${index}`, hints: {} }];
    });
    const plan = { ...this.node, ...Object.fromEntries(inputs) } as QueryPlan;
    for await (const row of executePlan({ plan, context: { ...this.query, tables, signal } }).rows()) {
      yield { numRows: 1, row };
    }
  }
}

/** What a child puts out, as a table of the engine's. */
function childTable(columns: string[], execute: () => Execution<SquirrelRow> | undefined): AsyncDataSource {
  async function* rows(): AsyncGenerator<AsyncRow> {
    for await (const { row } of execute()?.batches ?? []) yield row;
  }
  return { columns, scan: () => ({ rows, appliedWhere: false, appliedLimitOffset: false }) };
}

/** The nodes below a node, by their keys. The right side of a lateral join stays in it: it runs once for each row. */
export function childrenOf(node: QueryPlan): [key: string, child: QueryPlan][] {
  if ('child' in node) return [['child', node.child]];
  if (!('left' in node)) return [];
  const isLateral = node.type === 'NestedLoopJoin' && node.lateral === true;
  return isLateral
    ? [['left', node.left]]
    : [
        ['left', node.left],
        ['right', node.right],
      ];
}
