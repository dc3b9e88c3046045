import { expectChildCount, type LogicalPlan } from '@planscope/plan';

/** `column > value` and the like, of numbers. */
export interface Condition {
  readonly column: string;
  readonly operator: '<' | '>';
  readonly value: number;
}

export function describeConditions(conditions: readonly Condition[]): string {
  return conditions.map(({ column, operator, value }) => `${column} ${operator} ${value}`).join(' AND ');
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

  describe(): string {
    return `${this.table} columns=[${this.columns?.join(', ') ?? '*'}]`;
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

  describe(): string {
    return describeConditions(this.conditions);
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

  describe(): string {
    return `by ${this.column}`;
  }
}
