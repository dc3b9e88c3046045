import { expectChildCount, type LogicalPlan, type NodeField } from '@planscope/plan';

/** `column > value` and the like, of numbers. */
export interface Condition {
  readonly column: string;
  readonly operator: '<' | '>';
  readonly value: number;
}

/** What a filter says of itself. */
export function conditionsField(conditions: readonly Condition[]): NodeField {
  const text = conditions.map(({ column, operator, value }) => `${column} ${operator} ${value}`).join(' AND ');
  return { key: 'filter', text, kind: 'expression' };
}

/** Reads a table: all its columns, or those named. */
export class Scan implements LogicalPlan {
  readonly name = 'Scan';
  readonly children: readonly [] = [];
  constructor(
    readonly table: string,
    readonly columns?: readonly string[],
  ) {}

  withNewChildren(children: readonly LogicalPlan[]): this {
    expectChildCount(this, children);
    return this;
  }

  describe(): NodeField[] {
    return [
      { key: 'table', text: this.table, kind: 'identifier' },
      { key: 'columns', text: this.columns ?? ['*'], kind: 'identifier' },
    ];
  }
}

/** Lets the rows through that meet all conditions. */
export class Filter implements LogicalPlan {
  readonly name = 'Filter';
  readonly children: readonly [LogicalPlan];
  constructor(
    readonly conditions: readonly Condition[],
    readonly input: LogicalPlan,
  ) {
    this.children = [input];
  }

  withNewChildren(children: readonly LogicalPlan[]): Filter {
    expectChildCount(this, children);
    return new Filter(this.conditions, children[0]);
  }

  describe(): NodeField[] {
    return [conditionsField(this.conditions)];
  }
}

/** Counts the rows of each value of a column. */
export class Count implements LogicalPlan {
  readonly name = 'Count';
  readonly children: readonly [LogicalPlan];
  constructor(
    readonly column: string,
    readonly input: LogicalPlan,
  ) {
    this.children = [input];
  }

  withNewChildren(children: readonly LogicalPlan[]): Count {
    expectChildCount(this, children);
    return new Count(this.column, children[0]);
  }

  describe(): NodeField[] {
    return [{ key: 'group_keys', text: [this.column], kind: 'expression' }];
  }
}
