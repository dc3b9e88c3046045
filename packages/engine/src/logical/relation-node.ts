import type { LogicalPlan } from '@planscope/plan';
import type { Schema } from 'apache-arrow';
import type { InputSource } from '../input/input-source.ts';
import type { DataFormat } from '../spec/execution-spec.ts';

/** An input: rows read from one or more objects of one format. */
export class RelationNode implements LogicalPlan {
  readonly name = 'Relation';
  readonly children: readonly [] = [];

  constructor(
    /** The names it goes by in SQL; several once equal inputs are shared. */
    readonly names: readonly string[],
    readonly location: string,
    readonly format: DataFormat,
    /** Where in the specification it stands, for errors. */
    readonly field: string,
    /** The objects behind the location, once resolved. */
    readonly source?: InputSource | undefined,
    /** Its columns, once resolved. */
    readonly schema?: Schema | undefined,
  ) {}

  withNewChildren(children: readonly LogicalPlan[]): RelationNode {
    if (children.length > 0) throw new RangeError('[planscope/engine] a Relation has no children');
    return this;
  }

  withSource(source: InputSource): RelationNode {
    return new RelationNode(this.names, this.location, this.format, this.field, source, this.schema);
  }

  withSchema(schema: Schema): RelationNode {
    return new RelationNode(this.names, this.location, this.format, this.field, this.source, schema);
  }

  withNames(names: readonly string[]): RelationNode {
    return new RelationNode(names, this.location, this.format, this.field, this.source, this.schema);
  }

  describe(): string {
    const columns =
      this.schema === undefined ? '' : ` columns=[${this.schema.fields.map(({ name }) => name).join(', ')}]`;
    return `${this.names.join(', ')} format=${this.format} location=${this.location}${columns}`;
  }
}
