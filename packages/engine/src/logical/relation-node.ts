import type { ColumnDescription, FileOptions } from '@planscope/duckdb';
import type { LogicalPlan, NodeField } from '@planscope/plan';
import { FIELD_COLUMNS, FIELD_FILTER, FIELD_FORMAT, FIELD_LOCATION, FIELD_NAME, FIELD_TABLE } from '@planscope/semconv';
import type { Schema } from 'apache-arrow';
import type { InputSource } from '../input/input-source.ts';
import type { InputAccess, InputFormat } from '../spec/execution-spec.ts';
import { acrossCopies } from './across-copies.ts';

/** The parts of a {@link RelationNode}. */
export interface RelationParts {
  /** Its names in SQL, at least one. There are several if equal inputs were merged. */
  readonly names: readonly string[];
  /** Empty for a table of a catalog. */
  readonly location: string;
  readonly format: InputFormat;
  /** What the specification says about who reads it. */
  readonly access?: InputAccess | undefined;
  /** Name of the table in a DuckLake or a catalog. */
  readonly table?: string | undefined;
  /** Version or snapshot of a table. Default: the latest. */
  readonly version?: number | string | undefined;
  /** Its field in the specification, for errors. */
  readonly field: string;
  /** The objects at the location, after `resolve_inputs`. */
  readonly source?: InputSource | undefined;
  /** All its columns, after `resolve_schemas`. */
  readonly schema?: Schema;
  /** The same columns with the type names of the database engine. */
  readonly columns?: readonly ColumnDescription[];
  /** Options for reading its files, found with the columns: named parameters of the engine's reading function. */
  readonly options?: FileOptions;
  /** Conditions in the engine's SQL; only rows that meet all of them are read. Default: none. */
  readonly filters?: readonly string[];
}

/** An input: the rows of one or more objects of the same format. */
export class RelationNode implements LogicalPlan {
  static {
    acrossCopies(RelationNode, 'RelationNode');
  }

  readonly name = 'Relation';
  readonly children: readonly [] = [];
  readonly #parts: RelationParts;

  constructor(parts: RelationParts) {
    this.#parts = parts;
  }

  get names(): readonly string[] {
    return this.#parts.names;
  }

  get location(): string {
    return this.#parts.location;
  }

  get format(): InputFormat {
    return this.#parts.format;
  }

  get access(): InputAccess | undefined {
    return this.#parts.access;
  }

  get table(): string | undefined {
    return this.#parts.table;
  }

  get version(): number | string | undefined {
    return this.#parts.version;
  }

  get field(): string {
    return this.#parts.field;
  }

  get source(): InputSource | undefined {
    return this.#parts.source;
  }

  get schema(): Schema | undefined {
    return this.#parts.schema;
  }

  get columns(): readonly ColumnDescription[] | undefined {
    return this.#parts.columns;
  }

  get options(): FileOptions | undefined {
    return this.#parts.options;
  }

  get filters(): readonly string[] {
    return this.#parts.filters ?? [];
  }

  /** The same input with some parts replaced. */
  with(parts: Partial<RelationParts>): RelationNode {
    return new RelationNode({ ...this.#parts, ...parts });
  }

  /**
   * Adds a condition that rows must meet; returns the same node if it already has the condition.
   *
   * @param condition over the columns of the input, in the engine's SQL
   */
  withFilter(condition: string): RelationNode {
    return this.filters.includes(condition) ? this : this.with({ filters: [...this.filters, condition] });
  }

  withNewChildren(children: readonly LogicalPlan[]): RelationNode {
    if (children.length > 0) throw new RangeError('[planscope/engine] a Relation has no children');
    return this;
  }

  describe(): NodeField[] {
    const { names, format, location, columns = [], filters } = this;
    return [
      { key: FIELD_NAME, text: names.join(', '), kind: 'identifier' },
      { key: FIELD_FORMAT, text: format, kind: 'code' },
      ...(location === '' ? [] : [{ key: FIELD_LOCATION, text: location, kind: 'url' } as const]),
      ...this.#tableFields(),
      { key: FIELD_COLUMNS, text: columns.map(({ name }) => name), kind: 'identifier' },
      { key: FIELD_FILTER, text: filters.map((filter) => `(${filter})`).join(' AND '), kind: 'expression' },
    ];
  }

  #tableFields(): NodeField[] {
    const { table } = this;
    const version = this.source?.table?.version ?? this.version;
    return [
      ...(table === undefined ? [] : [{ key: FIELD_TABLE, text: table, kind: 'identifier' } as const]),
      ...(version === undefined ? [] : [{ key: 'version', text: String(version), kind: 'code' } as const]),
    ];
  }
}
