import {
  createExecution,
  type Execution,
  type ExecutionPlan,
  type OperatorRecord,
  type TaskContext,
} from '@planscope/plan';
import { testPlanningContext, testTaskContext } from '@planscope/plan/testing';
import { assertTraceInvariants, createSpanRecorder } from '@planscope/testing';
import { RecordBatch } from 'apache-arrow';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { batchOf, node } from '../../test/plans.ts';
import { instrumentExecution } from '../index.ts';

/** A generated plan: nodes from the leaves up, each over some earlier nodes, so that shared nodes are common. */
interface NodeRecipe {
  readonly kind: 'leaf' | 'concat' | 'zip' | 'limit' | 'once';
  readonly partitionCount: number;
  /** Rows of each batch of a partition. */
  readonly batches: readonly number[];
  /** Index of the batch it fails at, if it gets that far. */
  readonly failsAt: number | undefined;
  readonly children: readonly number[];
}

/** The calls of the consumer of one partition, in order. */
interface Consumer {
  readonly partition: number;
  readonly overlap: number;
  readonly pulls: number;
  readonly ending: 'drain' | 'return' | 'throw' | 'leave' | 'never start';
}

const recipe: fc.Arbitrary<NodeRecipe> = fc.record({
  kind: fc.constantFrom('leaf', 'leaf', 'concat', 'zip', 'limit', 'once'),
  partitionCount: fc.integer({ min: 1, max: 3 }),
  batches: fc.array(fc.nat(4), { maxLength: 4 }),
  failsAt: fc.option(fc.nat(5), { nil: undefined, freq: 5 }),
  children: fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }),
});

const consumer: fc.Arbitrary<Consumer> = fc.record({
  partition: fc.nat(2),
  overlap: fc.integer({ min: 1, max: 3 }),
  pulls: fc.nat(4),
  ending: fc.constantFrom('drain', 'drain', 'return', 'throw', 'leave', 'never start'),
});

type Batches = AsyncGenerator<RecordBatch, void, undefined>;

/** How each kind of node computes its output from its children. */
const bodies: Record<
  Exclude<NodeRecipe['kind'], 'leaf'>,
  (partition: number, children: readonly ExecutionPlan[], context: TaskContext) => Batches
> = {
  async *concat(_, children, context) {
    for (const child of children) {
      for (let index = 0; index < child.properties.partitionCount; index += 1) {
        yield* child.execute(index, context).batches;
      }
    }
  },
  async *zip(partition, children, context) {
    const inputs = children.map((child) => child.execute(partition % child.properties.partitionCount, context));
    for (const { batches } of inputs) yield* batches;
  },
  async *limit(partition, [child], context) {
    if (child === undefined) return;
    for await (const batch of child.execute(partition % child.properties.partitionCount, context).batches) {
      yield batch;
      return;
    }
  },
  async *once(partition, [child], context) {
    if (child !== undefined) yield* child.execute(partition % child.properties.partitionCount, context).batches;
  },
};

function build(recipes: readonly NodeRecipe[]): ExecutionPlan {
  const nodes: ExecutionPlan[] = [];
  for (const [index, { kind, partitionCount, batches, failsAt, children }] of recipes.entries()) {
    const below = [...new Set(children.map((child) => nodes[child % Math.max(nodes.length, 1)]))].filter(
      (child) => child !== undefined,
    );
    const made = batches.map((rows) => batchOf(...Array(rows).keys()));
    const error = new Error(`node ${index} fails`);
    const isLeaf = kind === 'leaf' || below.length === 0;
    const start = (partition: number, context: TaskContext, self: ExecutionPlan): Execution =>
      createExecution(context, async function* () {
        let count = 0;
        for await (const batch of isLeaf ? made : bodies[kind](partition, self.children, context)) {
          if (count === failsAt) throw error;
          count += 1;
          yield batch;
        }
        if (count === failsAt) throw error;
      });
    const execute = (partition: number, context: TaskContext, self: ExecutionPlan): Execution =>
      kind === 'once'
        ? context.shared.once(self, partition, () => start(partition, context, self))
        : start(partition, context, self);
    nodes.push(node(`Node${index}Exec`, execute, { partitionCount, children: isLeaf ? [] : below }));
  }
  const top = nodes.at(-1);
  if (top === undefined) throw new Error('a plan has a node');
  return top;
}

/** Everything one consumer of a plan saw, in order. */
async function consume(
  plan: ExecutionPlan,
  { partition, overlap, pulls, ending }: Consumer,
  context: TaskContext,
): Promise<unknown[]> {
  const { batches } = plan.execute(partition % plan.properties.partitionCount, context);
  if (ending === 'never start') return [];
  const seen: unknown[] = [];
  const iterator = batches[Symbol.asyncIterator]();
  const pull = async (): Promise<boolean> => {
    const answers = await Promise.allSettled(Array.from({ length: overlap }, () => iterator.next()));
    seen.push(
      ...answers.map((answer) => (answer.status === 'rejected' ? answer.reason : (answer.value.value ?? 'done'))),
    );
    return answers.every((answer) => answer.status === 'fulfilled' && answer.value.done !== true);
  };
  for (let count = 0; (ending === 'drain' || count < pulls) && (await pull()); count += 1);
  if (ending === 'return') seen.push(await iterator.return?.().catch((error: unknown) => error));
  // Like `yield*`: a stream without `throw` is closed instead.
  if (ending === 'throw') {
    const thrown = iterator.throw?.(new Error('consumer')) ?? iterator.return?.();
    seen.push(await thrown?.catch((error: unknown) => error));
  }
  return seen;
}

/** What all consumers saw. They read at once; where they share a stream in turn, as who gets which batch is a race. */
async function consumeAll(
  plan: ExecutionPlan,
  consumers: readonly Consumer[],
  context: TaskContext,
  inTurn: boolean,
): Promise<unknown[][]> {
  if (!inTurn) return Promise.all(consumers.map((each) => consume(plan, each, context)));
  const seen: unknown[][] = [];
  for (const each of consumers) seen.push(await consume(plan, each, context));
  return seen;
}

function isSame(value: unknown, other: unknown): boolean {
  const isResult = typeof value === 'object' && value !== null && 'done' in value;
  return isResult ? value.done === (other as IteratorResult<unknown>).done : value === other;
}

describe('generated plans and consumers', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('see the same with and without tracing, and every span ends once, with the right rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(recipe, { minLength: 1, maxLength: 7 }),
        fc.array(consumer, { minLength: 1, maxLength: 4 }),
        async (recipes, consumers) => {
          const plan = build(recipes);
          const inTurn = recipes.some(({ kind }) => kind === 'once');
          const bare = await consumeAll(plan, consumers, testTaskContext(), inTurn);

          const recorder = createSpanRecorder();
          const records: OperatorRecord[] = [];
          const rule = instrumentExecution({ tracerProvider: recorder.tracerProvider });
          const wrapped = rule.apply(plan, testPlanningContext()) as ExecutionPlan;
          const controller = new AbortController();
          const context = testTaskContext({
            signal: controller.signal,
            observeOperator: (record) => records.push(record),
          });
          const seen = await consumeAll(wrapped, consumers, context, inTurn);

          // The same objects, not only equal ones.
          expect(seen.map((values) => values.length)).toEqual(bare.map((values) => values.length));
          const differing = seen.flat().filter((value, index) => !isSame(value, bare.flat()[index]));
          expect(differing).toEqual([]);

          const allEnded = consumers.every(({ ending }) => ending !== 'leave' && ending !== 'never start');
          await vi.advanceTimersByTimeAsync(1_000);
          if (allEnded) expect(recorder.openSpans()).toBe(0);
          controller.abort();
          await vi.advanceTimersByTimeAsync(1_000);
          expect(recorder.openSpans()).toBe(0);
          expect(context.warnings).toEqual([]);
          assertTraceInvariants(recorder.spans());
          const ids = recorder.spans().map((span) => span.spanContext().spanId);
          expect(new Set(ids).size).toBe(ids.length);
          expect(records).toHaveLength(ids.length);
          expect(new Set(records.map(({ id }) => id)).size).toBe(ids.length);

          if (recipes.at(-1)?.kind === 'once') return;
          const passed = seen.flat().filter((value) => value instanceof RecordBatch);
          const counted = records
            .filter(({ name }) => name === plan.name)
            .reduce((sum, { metrics }) => sum + Number(metrics.get('output_rows') ?? 0), 0);
          expect(counted).toBe(passed.reduce((sum, { numRows }) => sum + numRows, 0));
        },
      ),
      { numRuns: 300 },
    );
  });
});
