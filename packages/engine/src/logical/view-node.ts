import type { ColumnDescription, TableReference } from '@planscope/duckdb';
import type { LogicalPlan, NodeField } from '@planscope/plan';
import { FIELD_NAME, FIELD_SQL } from '@planscope/semconv';
import type { Schema } from 'apache-arrow';
import { acrossCopies } from './across-copies.ts';

/** The parts of a {@link ViewNode}. */
export interface ViewParts {
  readonly viewName: string;
  /** The query from the specification. */
  readonly sql: string;
  /** Its field in the specification, for errors. */
  readonly field: string;
  /** The nodes that the query refers to, after `resolve_names`. */
  readonly children?: readonly LogicalPlan[];
  /** The places of the references in the query, after `resolve_names`; removed when the query is replaced. */
  readonly references?: readonly TableReference[] | undefined;
  /** All its columns, after `resolve_schemas`. */
  readonly schema?: Schema;
  /** The same columns with the type names of the database engine. */
  readonly columns?: readonly ColumnDescription[];
}

/** A named query. After `resolve_names`, its children are the nodes that the query refers to. */
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

/** Joins the lines of a query for display. The result may be invalid SQL, because a line comment may absorb code. */
function singleLine(sql: string): string {
  return sql.trim().replace(/\s+/g, ' ');
}
