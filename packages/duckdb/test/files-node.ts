import {
  type Execution,
  type ExecutionOutcome,
  type ExecutionPlan,
  MetricsSet,
  type PlanProperties,
  singlePartition,
} from '@planscope/plan';
import { Schema } from 'apache-arrow';

/** A node whose files are there already, or which fails. */
export class FilesNode implements ExecutionPlan {
  readonly name: string = 'FilesNode';
  readonly schema: Schema = new Schema([]);
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly ExecutionPlan[] = [];
  readonly #paths: readonly string[];
  readonly #error: Error | undefined;

  constructor(paths: readonly string[], error?: Error) {
    this.#paths = paths;
    this.#error = error;
  }

  withNewChildren(): FilesNode {
    return this;
  }

  describe(): string {
    return `files=${this.#paths.length}`;
  }

  execute(): Execution {
    const artifacts = this.#paths.map((path) => ({ path, bytes: 0, format: 'any' }));
    const ended = { metrics: new MetricsSet(), artifacts };
    const outcome: ExecutionOutcome =
      this.#error === undefined ? { status: 'ok', ...ended } : { status: 'error', error: this.#error, ...ended };
    return {
      batches: { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }) },
      outcome: Promise.resolve(outcome),
    };
  }
}
