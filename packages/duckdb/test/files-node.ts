import {
  type Execution,
  type ExecutionOutcome,
  type ExecutionPlan,
  MetricsSet,
  type NodeField,
  type PlanProperties,
  singlePartition,
} from '@planscope/plan';

/** A node whose files are there already, or which fails. */
export class FilesNode implements ExecutionPlan {
  readonly name: string = 'FilesNode';
  readonly output = 'files';
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

  describe(): NodeField[] {
    return [{ key: 'file_count', text: String(this.#paths.length), kind: 'code' }];
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
