import type { LogicalPlan } from '@planscope/plan';
import type { Schema } from 'apache-arrow';
import { singleLine } from './single-line.ts';

/** A named query; its children are what the query refers to, once names are resolved. */
export class ViewNode implements LogicalPlan {
  readonly name = 'View';

  constructor(
    readonly viewName: string,
    readonly sql: string,
    /** Where in the specification it stands, for errors. */
    readonly field: string,
    readonly children: readonly LogicalPlan[] = [],
    readonly schema?: Schema | undefined,
    /** True when one consumer refers to it: it is then computed as a part of that consumer. */
    readonly inlined: boolean = false,
  ) {}

  withNewChildren(children: readonly LogicalPlan[]): ViewNode {
    return new ViewNode(this.viewName, this.sql, this.field, children, this.schema, this.inlined);
  }

  withSchema(schema: Schema): ViewNode {
    return new ViewNode(this.viewName, this.sql, this.field, this.children, schema, this.inlined);
  }

  asInlined(): ViewNode {
    return new ViewNode(this.viewName, this.sql, this.field, this.children, this.schema, true);
  }

  describe(): string {
    return `${this.viewName}${this.inlined ? ' (inlined)' : ''} sql=${singleLine(this.sql)}`;
  }
}
