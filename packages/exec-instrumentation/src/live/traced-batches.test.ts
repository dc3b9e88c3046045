import { context, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type Batch, createExecution, type ExecutionPlan } from '@planscope/plan';
import { testPlanningContext, testTaskContext } from '@planscope/plan/testing';
import { createSpanRecorder } from '@planscope/testing';
import type { RecordBatch } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchOf, leaf, node, union } from '../../test/plans.ts';
import { instrumentExecution } from '../index.ts';
import { type StreamEnd, tracedBatches } from './traced-batches.ts';

/** The calls of a watcher. */
function watch(batches: AsyncIterable<RecordBatch>): {
  traced: AsyncIterable<RecordBatch>;
  seen: Batch[];
  ends: StreamEnd[];
  open: () => number;
} {
  const seen: Batch[] = [];
  const ends: StreamEnd[] = [];
  let open = 0;
  const traced = tracedBatches(batches, {
    within: (call) => call(),
    asked: () => {
      open += 1;
    },
    answered: () => {
      open -= 1;
    },
    batch: (batch) => seen.push(batch),
    ended: (end) => ends.push(end),
  });
  return { traced, seen, ends, open: () => open };
}

const [first, second, third] = [batchOf(1), batchOf(2), batchOf(3)];

async function* three(): AsyncGenerator<RecordBatch, void, undefined> {
  yield first;
  yield second;
  yield third;
}

describe('tracedBatches', () => {
  it('passes on the same batches without delay', async () => {
    const { traced, seen, ends, open } = watch(three());
    const iterator = traced[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: first });
    expect((await iterator.next()).value).toBe(second);
    expect((await iterator.next()).value).toBe(third);
    expect(seen).toEqual([first, second, third]);
    expect(ends).toEqual([]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(ends[0]).toEqual({ how: 'done' });
    expect(open()).toBe(0);
  });

  it('answers overlapping pulls like the stream', async () => {
    const { traced, seen, ends } = watch(three());
    const iterator = traced[Symbol.asyncIterator]();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()));
    expect(answers.map(({ value }) => value)).toEqual([first, second, third, undefined, undefined]);
    expect(seen).toEqual([first, second, third]);
    expect(ends[0]).toEqual({ how: 'done' });
  });

  it('has ended when the last of overlapping pulls is answered, in whichever order they are', async () => {
    const answers: ((result: IteratorResult<RecordBatch>) => void)[] = [];
    const outOfOrder: AsyncIterable<RecordBatch> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise((resolve) => answers.push(resolve)) }),
    };
    const { traced, seen, ends } = watch(outOfOrder);
    const iterator = traced[Symbol.asyncIterator]();
    const pulls = [iterator.next(), iterator.next()];
    answers[1]?.({ done: true, value: undefined });
    await pulls[1];
    expect(ends).toEqual([]);
    answers[0]?.({ done: false, value: first });
    await pulls[0];
    expect(seen).toEqual([first]);
    expect(ends).toEqual([{ how: 'done' }]);
  });

  it('reports a consumer that stops early, after the answer of the stream', async () => {
    const { traced, ends } = watch(three());
    const iterator = traced[Symbol.asyncIterator]();
    await iterator.next();
    expect(await iterator.return?.('over')).toEqual({ done: true, value: 'over' });
    expect(ends).toEqual([{ how: 'returned' }]);
  });

  it('reports a consumer that stops early even if the stream has no `return`', async () => {
    const { traced, ends } = watch({
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: first }) }),
    });
    for await (const _ of traced) break;
    expect(ends).toEqual([{ how: 'returned' }]);
    expect(traced[Symbol.asyncIterator]().throw).toBeUndefined();
  });

  it('passes an error to the stream, and recognizes the consumer by it', async () => {
    const { traced, ends } = watch(three());
    const iterator = traced[Symbol.asyncIterator]();
    const error = new Error('mine');
    await iterator.next();
    await expect(iterator.throw?.(error)).rejects.toBe(error);
    expect(ends).toEqual([{ how: 'returned' }]);
  });

  it('continues when the stream catches an error that was passed to it', async () => {
    async function* stubborn(): AsyncGenerator<RecordBatch, void, undefined> {
      try {
        yield first;
      } catch {
        yield second;
      }
    }
    const { traced, seen, ends } = watch(stubborn());
    const iterator = traced[Symbol.asyncIterator]();
    await iterator.next();
    expect(await iterator.throw?.(new Error('mine'))).toEqual({ done: false, value: second });
    expect(seen).toEqual([first, second]);
    expect(ends).toEqual([]);
    await iterator.next();
    expect(ends).toEqual([{ how: 'done' }]);
  });

  const error = new Error('broken');
  const broken: Record<string, AsyncIterable<RecordBatch>> = {
    'that rejects': { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) },
    'that throws instead of answering': {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          throw error;
        },
      }),
    },
    'that cannot be started': {
      [Symbol.asyncIterator]: () => {
        throw error;
      },
    },
  };
  it.each(Object.entries(broken))('passes on the error of a stream %s', async (_, batches) => {
    const { traced, ends, open } = watch(batches);
    const pull = async (): Promise<unknown> => traced[Symbol.asyncIterator]().next();
    await expect(pull()).rejects.toBe(error);
    expect(ends).toEqual([{ how: 'threw', error }]);
    expect(open()).toBe(0);
  });

  it('passes on the error of a clean-up', async () => {
    async function* untidy(): AsyncGenerator<RecordBatch, void, undefined> {
      try {
        yield first;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: an engine may do just this
        throw error;
      }
    }
    const { traced, ends } = watch(untidy());
    const iterator = traced[Symbol.asyncIterator]();
    await iterator.next();
    await expect(iterator.return?.()).rejects.toBe(error);
    expect(ends).toEqual([{ how: 'threw', error }]);
  });
});

describe('the context of a stream', () => {
  const baggage = createContextKey('baggage');

  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => {
    context.disable();
  });

  /** The operator whose span is active, and what the consumer put into the context. */
  function active(): string {
    const span = trace.getActiveSpan() as { name?: string } | undefined;
    return `${span?.name ?? 'none'}/${String(context.active().getValue(baggage) ?? 'none')}`;
  }

  function instrumented(plan: ExecutionPlan): ExecutionPlan {
    const rule = instrumentExecution({ tracerProvider: createSpanRecorder().tracerProvider });
    return rule.apply(plan, testPlanningContext()) as ExecutionPlan;
  }

  it('is that of its operator in start, next, return and throw, and never reaches the consumer', async () => {
    const seen: string[] = [];
    const note = (where: string): number => seen.push(`${where} ${active()}`);
    const scan = node('ScanExec', (_, task) => {
      note('execute');
      return createExecution(task, async function* () {
        try {
          note('next');
          await Promise.resolve();
          note('after await');
          yield first;
          note('next');
          yield second;
        } finally {
          note('finally');
        }
      });
    });
    const execution = instrumented(union('TopExec', [scan])).execute(0, testTaskContext());
    const iterator = execution.batches[Symbol.asyncIterator]();
    await context.with(ROOT_CONTEXT.setValue(baggage, 'one'), () => iterator.next());
    note('consumer');
    await context.with(ROOT_CONTEXT.setValue(baggage, 'two'), () => iterator.next());
    await iterator.return?.();
    note('consumer');
    expect(seen).toMatchInlineSnapshot(`
      [
        "execute ScanExec/one",
        "next ScanExec/one",
        "after await ScanExec/one",
        "consumer none/none",
        "next ScanExec/two",
        "finally ScanExec/none",
        "consumer none/none",
      ]
    `);
  });

  it('is that of its consumer if the operator has no span', async () => {
    const seen: string[] = [];
    const scan = leaf('ScanExec', function* () {
      seen.push(active());
      yield first;
    });
    const rule = instrumentExecution({ isEnabled: () => false });
    const plan = rule.apply(scan, testPlanningContext()) as ExecutionPlan;
    const consume = async (): Promise<void> => {
      for await (const _ of plan.execute(0, testTaskContext()).batches);
    };
    await context.with(ROOT_CONTEXT.setValue(baggage, 'mine'), consume);
    expect(seen).toEqual(['none/mine']);
  });
});
