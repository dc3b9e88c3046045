import { readFile } from 'node:fs/promises';
import { createExecution, type Execution, type ExecutionPlan, singlePartition, type TaskContext } from '@planscope/plan';
import { Field, Float64, type RecordBatch, Schema, tableFromArrays } from 'apache-arrow';

const schema = new Schema([new Field('number', new Float64(), true)]);

/** Reads numbers, one a line. */
class NumbersExec implements ExecutionPlan {
  readonly name = 'NumbersExec';
  readonly schema = schema;
  readonly properties = singlePartition;
  readonly children: readonly ExecutionPlan[] = [];
  constructor(readonly path: string) {}

  withNewChildren(): NumbersExec {
    return this;
  }

  describe(): string {
    return `file=${this.path}`; // one line, without the children; literals are replaced when it is recorded
  }

  execute(_partition: number, context: TaskContext): Execution {
    return createExecution(context, () => this.#read(context.signal));
  }

  async *#read(signal: AbortSignal): AsyncGenerator<RecordBatch> {
    const lines = (await readFile(this.path, { encoding: 'utf8', signal })).trimEnd().split('\n');
    yield* tableFromArrays({ number: Float64Array.from(lines, Number) }).batches;
  }
}

/** Keeps the numbers above a limit. */
class AboveExec implements ExecutionPlan {
  readonly name = 'AboveExec';
  readonly schema = schema;
  readonly properties = singlePartition;
  constructor(
    readonly limit: number,
    readonly children: readonly ExecutionPlan[],
  ) {}

  withNewChildren(children: readonly ExecutionPlan[]): AboveExec {
    return new AboveExec(this.limit, children);
  }

  describe(): string {
    return `number > ${this.limit}`;
  }

  execute(partition: number, context: TaskContext): Execution {
    return createExecution(context, async function* (this: AboveExec, run) {
      let skipped = 0;
      for (const child of this.children) {
        // The context goes on as it came: with instrumentation it carries this operator's span.
        for await (const batch of child.execute(partition, context).batches) {
          const numbers = Float64Array.from(batch.getChild('number') ?? []).filter((number) => number > this.limit);
          skipped += batch.numRows - numbers.length;
          yield* tableFromArrays({ number: numbers }).batches;
        }
      }
      run.metrics.add({ name: 'rows_skipped', type: 'count', unit: '{row}', value: skipped });
    }.bind(this));
  }
}
export {};
