import type { ColumnDescription, TableReference } from '@planscope/duckdb';
import type { LogicalPlan, NodeField } from '@planscope/plan';
import { FIELD_NAME, FIELD_SQL } from '@planscope/semconv';
import type { Schema } from 'apache-arrow';
import { acrossCopies } from './across-copies.ts';

/** What a view is. */
export interface ViewParts {
  readonly viewName: string;
  /** As the specification has it. */
  readonly sql: string;
  /** Where in the specification it is, for errors. */
  readonly field: string;
  /** What the query refers to, once names are resolved. */
  readonly children?: readonly LogicalPlan[];
  /** Where in the query it refers to them, once names are resolved; dropped when the query is replaced. */
  readonly references?: readonly TableReference[] | undefined;
  /** All columns that it has, once resolved. */
  readonly schema?: Schema;
  /** The same columns as the database engine names them and their types. */
  readonly columns?: readonly ColumnDescription[];
}

/** A named query; its children are what the query refers to, once names are resolved. */
export class ViewNode implements LogicalPlan {
  static {
    acrossCopies(ViewNode, 'ViewNode');
  }

  readonly name = 'View';
  readonly #parts: ViewParts;

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  get viewName(): string {
    return this.#parts.viewName;
  }

  get sql(): string {
    return this.#parts.sql;
  }

  get field(): string {
    return this.#parts.field;
  }

  get children(): readonly LogicalPlan[] {
    return this.#parts.children ?? [];
  }

  get references(): readonly TableReference[] | undefined {
    return this.#parts.references;
  }

  get schema(): Schema | undefined {
    return this.#parts.schema;
  }

  get columns(): readonly ColumnDescription[] | undefined {
    return this.#parts.columns;
  }

  /** The same view with some parts replaced. */
  with(parts: Partial<ViewParts>): ViewNode {
    const references = parts.sql === undefined || parts.sql === this.sql ? {} : { references: undefined };
    return new ViewNode({ ...this.#parts, ...references, ...parts });
  }

  withNewChildren(children: readonly LogicalPlan[]): ViewNode {
    return this.with({ children });
  }

  describe(): NodeField[] {
    const { viewName, sql } = this;
    return [
      { key: FIELD_NAME, text: viewName, kind: 'identifier' },
      { key: FIELD_SQL, text: singleLine(sql), kind: 'sql' },
    ];
  }
}

/** A query on one line: runs of white space become one space. Only for display, since it may join a comment to code. */
function singleLine(sql: string): string {
  return sql.trim().replace(/\s+/g, ' ');
}
