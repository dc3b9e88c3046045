import type { Schema } from 'apache-arrow';
import { type Batch, type Execution, type ExecutionOutcome, isRecordBatch } from '../execution/execution.ts';
import type { ExecutionPlan, TaskContext } from '../execution/execution-plan.ts';
import { ConformanceError, type ConformanceSubject, expectThat, inTime } from './conformance-check.ts';
import { testTaskContext } from './test-context.ts';

type ExecutionCheck = (subject: ConformanceSubject) => Promise<void>;

/** The rules for executions, by name. */
export const executionChecks: Readonly<Record<string, ExecutionCheck>> = {
  'every partition ends and settles its outcome as ok': async (subject) => {
    const plan = await subject.makePlan();
    const context = testTaskContext();
    for (let partition = 0; partition < plan.properties.partitionCount; partition += 1) {
      const { outcome } = await drain(begin(plan, partition, context), subject);
      expectOutcome(outcome, ['ok'], `partition ${partition} after its last batch`);
    }
  },
  'every batch has the schema of the node, where it says one': async (subject) => {
    const plan = await subject.makePlan();
    if (plan.schema === undefined) return;
    const expected = fields(plan.schema);
    const context = testTaskContext();
    for (let partition = 0; partition < plan.properties.partitionCount; partition += 1) {
      const { batches } = await drain(begin(plan, partition, context), subject);
      for (const batch of batches) {
        const found = isRecordBatch(batch) ? fields(batch.schema) : 'batches without a schema';
        expectThat(found === expected, `${plan.name} said ${expected} and put out ${found}`);
      }
    }
  },
  'leaving the output early settles the outcome': async (subject) => {
    const execution = await start(subject);
    const iterator = execution.batches[Symbol.asyncIterator]();
    await inTime(iterator.next(), subject, 'the first batch');
    if (iterator.return !== undefined) await inTime(iterator.return(), subject, 'the early return');
    expectOutcome(await settled(execution, subject), ['cancelled', 'ok'], 'an early return');
  },
  'leaving the output before the first batch settles the outcome': async (subject) => {
    const execution = await start(subject);
    const iterator = execution.batches[Symbol.asyncIterator]();
    expectThat(iterator.return !== undefined, 'the iterator of batches cannot be returned');
    await inTime(iterator.return(), subject, 'the early return');
    expectOutcome(await settled(execution, subject), ['cancelled', 'ok'], 'a return before the first batch');
  },
  'an abort before the start settles the outcome as cancelled': async (subject) => {
    const execution = await start(subject, { signal: AbortSignal.abort() });
    await drainQuietly(execution, subject);
    expectOutcome(await settled(execution, subject), ['cancelled'], 'an abort before the start');
  },
  'an abort after the first batch settles the outcome': async (subject) => {
    const controller = new AbortController();
    const execution = await start(subject, { signal: controller.signal });
    const iterator = execution.batches[Symbol.asyncIterator]();
    await inTime(iterator.next(), subject, 'the first batch');
    controller.abort();
    await drainQuietly({ batches: { [Symbol.asyncIterator]: () => iterator } }, subject);
    expectOutcome(await settled(execution, subject), ['cancelled', 'ok'], 'an abort after the first batch');
  },
  'a plan executed twice at once gives the same rows twice, and metrics of its own to each': async (subject) => {
    const plan = await subject.makePlan();
    const executions = [begin(plan), begin(plan)];
    const [first, second] = await Promise.all(executions.map((execution) => drain(execution, subject)));
    expectThat(first !== undefined && second !== undefined, 'one of two executions is missing');
    expectThat(rows(first) === rows(second), `two executions gave ${rows(first)} and ${rows(second)} rows`);
    expectThat(first.outcome.metrics !== second.outcome.metrics, 'two executions share one set of metrics');
  },
};

/** The rules for failing executions, by name. */
export const failureChecks: Readonly<Record<string, ExecutionCheck>> = {
  'a failure reaches the consumer and the outcome unaltered, and the outcome never rejects': async (subject) => {
    const plan = await subject.makePlan();
    const execution = begin(plan);
    const failure = await drainQuietly(execution, subject);
    const outcome = await settled(execution, subject);
    expectOutcome(outcome, ['error'], 'a failure');
    const files = failure === undefined;
    expectThat(files || outcome.error === failure.error, 'the outcome holds another error than the consumer was given');
  },
};

interface Drained {
  readonly batches: readonly Batch[];
  readonly outcome: ExecutionOutcome;
}

async function start(subject: ConformanceSubject, overrides: Partial<TaskContext> = {}): Promise<Execution<Batch>> {
  return begin(await subject.makePlan(), 0, testTaskContext(overrides));
}

/** Avoids an unhandled rejection of the outcome, which would end the test run before the check finds it. */
function begin(plan: ExecutionPlan<Batch>, partition = 0, context: TaskContext = testTaskContext()): Execution<Batch> {
  const execution = plan.execute(partition, context);
  execution.outcome.catch(() => {});
  return execution;
}

async function drain(execution: Execution<Batch>, subject: ConformanceSubject): Promise<Drained> {
  const batches: Batch[] = [];
  const pull = async (): Promise<void> => {
    for await (const batch of execution.batches) batches.push(batch);
  };
  await inTime(pull(), subject, 'the output');
  return { batches, outcome: await settled(execution, subject) };
}

/** Pulls to the end and returns an error instead of throwing it. */
async function drainQuietly(
  execution: Pick<Execution<Batch>, 'batches'>,
  subject: ConformanceSubject,
): Promise<{ error: unknown } | undefined> {
  const pull = async (): Promise<{ error: unknown } | undefined> => {
    try {
      for await (const _ of execution.batches);
      return undefined;
    } catch (error) {
      return { error };
    }
  };
  return inTime(pull(), subject, 'the output');
}

function settled(execution: Execution<Batch>, subject: ConformanceSubject): Promise<ExecutionOutcome> {
  const outcome = execution.outcome.catch((): never => {
    throw new ConformanceError('the outcome rejected; a failure belongs in its status and error');
  });
  return inTime(outcome, subject, 'the outcome');
}

function expectOutcome(outcome: ExecutionOutcome, allowed: readonly string[], after: string): void {
  const { status } = outcome;
  expectThat(allowed.includes(status), `after ${after} the status is "${status}"; should be ${allowed.join(' or ')}`);
  expectThat((status === 'error') === 'error' in outcome, `status "${status}" does not go with its error`);
  expectThat(Array.isArray(outcome.artifacts), 'the outcome has no list of artifacts');
  expectThat(typeof outcome.metrics?.aggregateByName === 'function', 'the outcome has no MetricsSet');
}

function fields(schema: Schema): string {
  return `(${schema.fields.map((field) => `${field.name} ${String(field.type)}`).join(', ')})`;
}

function rows({ batches }: Drained): number {
  return batches.reduce((sum, batch) => sum + batch.numRows, 0);
}
