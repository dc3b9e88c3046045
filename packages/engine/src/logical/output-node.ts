import type { LogicalPlan } from '@planscope/plan';
import type { OutputSpec } from '../spec/execution-spec.ts';
import { acrossCopies } from './across-copies.ts';

/** One result of the run over the input or view it holds. */
export class OutputNode implements LogicalPlan {
  static {
    acrossCopies(OutputNode, 'OutputNode');
  }

  readonly name = 'Output';
  readonly children: readonly [LogicalPlan];

  constructor(
    readonly output: OutputSpec,
    /** Where in the specification it stands, for errors. */
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

  describe(): string {
    const { name, location } = this.output;
    return `${name} to=${location ?? 'caller'}`;
  }
}
