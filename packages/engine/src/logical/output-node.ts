import type { LogicalPlan, NodeField } from '@planscope/plan';
import { FIELD_LOCATION, FIELD_NAME } from '@planscope/semconv';
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
    const { name, location } = this.output;
    return [
      { key: FIELD_NAME, text: name, kind: 'identifier' },
      location === undefined
        ? { key: 'to', text: 'caller', kind: 'code' }
        : { key: FIELD_LOCATION, text: location, kind: 'url' },
    ];
  }
}
