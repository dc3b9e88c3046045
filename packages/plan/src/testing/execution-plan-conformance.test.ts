import { type RecordBatch, Schema, tableFromArrays } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { createExecution } from '../execution/create-execution.ts';
import type { Execution } from '../execution/execution.ts';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import { MetricsSet } from '../metrics/metrics-set.ts';
import { ConformanceError, executionPlanConformance, FailingExec, UnionExec, ValuesExec } from './index.ts';

const batches = [0, 1, 2].flatMap((start) => tableFromArrays({ a: Int32Array.of(start, start + 1) }).batches);

const makePlan = (): ExecutionPlan => {
  const shared = new ValuesExec([batches, batches]);
  return new UnionExec([shared, new UnionExec([shared]), new ValuesExec([batches])]);
};
const makeFailingPlan = (): ExecutionPlan => new UnionExec([new FailingExec(new Error('x'), batches)]);

describe('the test nodes conform', () => {
  for (const { name, run } of executionPlanConformance(makePlan, { makeFailingPlan })) it(name, run);
});

describe('a leaf conforms', () => {
  for (const { name, run } of executionPlanConformance(() => new ValuesExec([batches]))) it(name, run);
});

/** A union of two leaves with a fault. */
function broken(fault: Partial<ExecutionPlan> & { execute?: ExecutionPlan['execute'] }): () => ExecutionPlan {
  return () => {
    const plan = new UnionExec([new ValuesExec([batches]), new ValuesExec([batches])]);
    const rest: ExecutionPlan = {
      name: plan.name,
      output: plan.output,
      schema: plan.schema,
      properties: plan.properties,
      children: plan.children,
      withNewChildren: (children) => plan.withNewChildren(children),
      describe: () => plan.describe(),
      execute: (partition, context) => plan.execute(partition, context),
    };
    return Object.defineProperties(rest, Object.getOwnPropertyDescriptors(fault)) as ExecutionPlan;
  };
}

const done = { status: 'ok', metrics: new MetricsSet(), artifacts: [] } as const;
const generator = async function* (): AsyncGenerator<RecordBatch> {
  yield* batches;
};
/** The behavior of a plain generator: a return before the first pull does not run its clean-up. */
const unsettledWhenLeftEarly = (): Execution => {
  let settle: (outcome: typeof done) => void = () => {};
  const outcome = new Promise<typeof done>((resolve) => {
    settle = resolve;
  });
  const output = (async function* () {
    try {
      yield* generator();
    } finally {
      settle(done);
    }
  })();
  return { batches: output, outcome };
};

let counter = 0;

const faults: Readonly<Record<string, () => ExecutionPlan>> = {
  'a node describes itself in fields of known kinds, the same each time': broken({
    describe: () => [{ key: 'filter', text: 'a > 1', kind: 'code' }],
  }),
  'a node has the same children each time they are read': broken({
    get children(): readonly ExecutionPlan[] {
      return [new ValuesExec([batches]), new ValuesExec([batches])];
    },
  }),
  'a node says whether it puts out batches or makes files': broken({ output: 'rows' as 'batches' }),
  'a node says how it is partitioned, when rows come and whether they end': broken({
    properties: { partitionCount: 0, partitioning: 'x', emissionType: 'final', boundedness: 'bounded' },
  }),
  'withNewChildren gives a node of the same kind over the children it was given': broken({
    withNewChildren: () => new UnionExec([new ValuesExec([batches]), new ValuesExec([batches])]),
  }),
  'withNewChildren refuses another number of children': broken({
    withNewChildren: (children) => new UnionExec(children),
  }),
  'a child that is shared stays one object': broken({
    withNewChildren: (children) => new UnionExec(children.map((child) => ({ ...child }))),
  }),
  'a rewrite of every node keeps the shape of the plan and its sharing': broken({
    withNewChildren: (children) => new UnionExec(children.slice(1)),
  }),
  'every partition ends and settles its outcome as ok': broken({
    execute: () => ({ batches: generator(), outcome: Promise.reject(new Error('x')) }),
  }),
  'every batch has the schema of the node, where it says one': broken({ schema: new Schema([]) }),
  'leaving the output early settles the outcome': broken({
    execute: () => ({ batches: generator(), outcome: new Promise(() => {}) }),
  }),
  'leaving the output before the first batch settles the outcome': broken({ execute: unsettledWhenLeftEarly }),
  'an abort before the start settles the outcome as cancelled': broken({
    execute: () => ({ batches: generator(), outcome: Promise.resolve(done) }),
  }),
  'an abort after the first batch settles the outcome': broken({
    execute: (_, { signal }) => ({
      batches: generator(),
      outcome: new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('x')))),
    }),
  }),
  'a plan executed twice at once gives the same rows twice, and metrics of its own to each': broken({
    execute: (_, context) =>
      createExecution(context, () => {
        counter += 1;
        return batches.slice(0, counter % 3);
      }),
  }),
  'a failure reaches the consumer and the outcome unaltered, and the outcome never rejects': broken({
    execute: () => ({
      batches: (async function* (): AsyncGenerator<RecordBatch> {
        yield* [];
        throw new Error('one');
      })(),
      outcome: Promise.resolve({ ...done, status: 'error', error: new Error('other') }),
    }),
  }),
};

describe('a fault is found by', () => {
  const names = executionPlanConformance(makePlan, { makeFailingPlan }).map((check) => check.name);

  it('a fault for each check', () => expect(Object.keys(faults)).toEqual(names));

  it.each(Object.entries(faults))('%s', async (name, make) => {
    const options = { makeFailingPlan: make, timeoutMilliseconds: 50 };
    const check = executionPlanConformance(make, options).find((candidate) => candidate.name === name);
    await expect(check?.run()).rejects.toBeInstanceOf(ConformanceError);
  });
});
