import type { LogicalPlan, NodeField } from '@planscope/plan';
import { FIELD_LOCATION, FIELD_NAME, FIELD_TABLE } from '@planscope/semconv';
import type { OutputSpec } from '../spec/execution-spec.ts';
import { acrossCopies } from './across-copies.ts';

/** One output of the run. Its child is the input or view with its rows. */
export class OutputNode implements LogicalPlan {
  static {
    acrossCopies(OutputNode, 'OutputNode');
  }

  readonly name = 'Output';
  readonly children: readonly [LogicalPlan];

  constructor(
    readonly output: OutputSpec,
    /** Its field in the specification, for errors. */
    readonly field: string,
    child: LogicalPlan,
  ) {
    this.children = [child];
  }

  withNewChildren(children: readonly LogicalPlan[]): OutputNode {
    const [child] = children;
    if (child === undefined || children.length !== 1) {
      throw new RangeError(`[planscope/engine] an Output has one child, got ${children.length}`);
    }
    return new OutputNode(this.output, this.field, child);
  }

  describe(): NodeField[] {
    return [{ key: FIELD_NAME, text: this.output.name, kind: 'identifier' }, this.#destination()];
  }

  #destination(): NodeField {
    const { location, table } = this.output;
    if (location !== undefined) return { key: FIELD_LOCATION, text: location, kind: 'url' };
    if (table !== undefined) return { key: FIELD_TABLE, text: table, kind: 'identifier' };
    return { key: 'to', text: 'caller', kind: 'code' };
  }
}
