import {
  createExecution,
  type Execution,
  type ExecutionBody,
  type ExecutionOutcome,
  type ExecutionPlan,
  MetricsSet,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { makeVector, type RecordBatch, type Schema, Table } from 'apache-arrow';

/** A batch of one column `n`. */
export function batchOf(...values: number[]): RecordBatch {
  const [batch] = new Table({ n: makeVector(Int32Array.from(values)) }).batches;
  if (batch === undefined) throw new Error('a table of one vector has one batch');
  return batch;
}

const schema: Schema = batchOf(1).schema;

interface NodeOptions {
  readonly children?: readonly ExecutionPlan[];
  readonly partitionCount?: number;
  readonly output?: ExecutionPlan['output'];
  readonly describe?: ExecutionPlan['describe'];
}

/** A node whose execution is the test's. */
export function node(
  name: string,
  execute: (partition: number, context: TaskContext, self: ExecutionPlan) => Execution,
  options: NodeOptions = {},
): ExecutionPlan {
  const { children = [], partitionCount = 1 } = options;
  const properties: PlanProperties = { ...singlePartition, partitionCount, partitioning: `unknown(${partitionCount})` };
  return {
    name,
    output: options.output ?? 'batches',
    ...(options.output === 'files' ? {} : { schema }),
    properties,
    children,
    withNewChildren(next) {
      if (next.length !== children.length) throw new Error(`${name} has ${children.length} children`);
      return node(name, execute, { ...options, children: next });
    },
    describe: options.describe ?? (() => []),
    execute(partition, context) {
      return execute(partition, context, this);
    },
  };
}

type Body = (run: ExecutionBody, partition: number) => AsyncIterable<RecordBatch> | Iterable<RecordBatch>;

/** A leaf that puts out what a generator makes. */
export function leaf(name: string, body: Body, options: NodeOptions = {}): ExecutionPlan {
  return node(name, (partition, context) => createExecution(context, (run) => body(run, partition)), options);
}

/** A leaf with one batch for each list of values. */
export function values(name: string, ...batches: number[][]): ExecutionPlan {
  return leaf(name, function* () {
    for (const batch of batches) yield batchOf(...batch);
  });
}

/** Puts out all partitions of all its children, one after the other. */
export function union(name: string, children: readonly ExecutionPlan[], options: NodeOptions = {}): ExecutionPlan {
  const execute = (_partition: number, context: TaskContext, self: ExecutionPlan): Execution =>
    createExecution(context, async function* () {
      for (const child of self.children) {
        for (let partition = 0; partition < child.properties.partitionCount; partition += 1) {
          yield* child.execute(partition, context).batches;
        }
      }
    });
  return node(name, execute, { ...options, children });
}

/** An outcome that a test settles by hand. */
export function manualOutcome(): {
  outcome: Promise<ExecutionOutcome>;
  settle: (ended?: Partial<ExecutionOutcome>) => void;
} {
  let resolve: (outcome: ExecutionOutcome) => void = () => {};
  const outcome = new Promise<ExecutionOutcome>((settle) => {
    resolve = settle;
  });
  return {
    outcome,
    settle: (ended = {}) => resolve({ status: 'ok', metrics: new MetricsSet(), artifacts: [], ...ended }),
  };
}

/** Pulls everything; what was thrown is returned. */
export async function drain(execution: Execution): Promise<{ batches: RecordBatch[]; error?: unknown }> {
  const batches: RecordBatch[] = [];
  try {
    for await (const batch of execution.batches) batches.push(batch);
  } catch (error) {
    return { batches, error };
  }
  return { batches };
}
