import type { ObjectStore } from '@planscope/object-store';
import {
  createExecution,
  type Execution,
  type ExecutionPlan,
  type NodeField,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { Field, Float64, type RecordBatch, Schema, tableFromArrays } from 'apache-arrow';

/** A whole engine of one operator: reads numbers, one a line, from an object. It knows nothing of tracing. */
export class NumbersExec implements ExecutionPlan {
  readonly name = 'NumbersExec';
  readonly output = 'batches';
  readonly schema: Schema = new Schema([new Field('number', new Float64(), true)]);
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly [] = [];
  constructor(
    readonly store: ObjectStore,
    readonly path: string,
  ) {}
  withNewChildren = (): this => this;
  describe = (): NodeField[] => [{ key: 'location', text: this.path, kind: 'url' }];
  execute = (_: number, context: TaskContext): Execution => createExecution(context, () => this.#read(context));

  async *#read(context: TaskContext): AsyncGenerator<RecordBatch> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await this.store.get(this.path, context)).body) chunks.push(chunk);
    const lines = Buffer.concat(chunks).toString().trimEnd().split('\n');
    yield* tableFromArrays({ number: Float64Array.from(lines, Number) }).batches;
  }
}
