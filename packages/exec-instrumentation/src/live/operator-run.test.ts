import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT, type Tracer, trace } from '@opentelemetry/api';
import {
  createExecution,
  type EngineReport,
  type ExecutionPlan,
  fromHrTime,
  type OperatorRecord,
  type ReportRecorder,
  type TaskContext,
} from '@planscope/plan';
import { testPlanningContext, testTaskContext } from '@planscope/plan/testing';
import { assertTraceInvariants, createSpanRecorder, renderSpanTree, type SpanRecorder } from '@planscope/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { batchOf, drain, leaf, manualOutcome, node, union, values } from '../../test/plans.ts';
import { type ExecutionInstrumentationOptions, instrumentExecution } from '../index.ts';

const STATUS = ['planscope.run.status', 'datafusion.metrics.output_rows'];
const GRACE_MILLISECONDS = 250;

const EMPTY_REPORT: EngineReport = {
  version: 2,
  engine: { name: 'engine', version: '1' },
  status: 'ok',
  window: { start: '0', end: '0' },
};

let recorder: SpanRecorder;
let records: OperatorRecord[];

beforeEach(() => {
  recorder = createSpanRecorder();
  records = [];
});

function instrumented(plan: ExecutionPlan, options: ExecutionInstrumentationOptions = {}): ExecutionPlan {
  const rule = instrumentExecution({ tracerProvider: recorder.tracerProvider, ...options });
  return rule.apply(plan, testPlanningContext()) as ExecutionPlan;
}

function taskContext(overrides: Partial<TaskContext> = {}): ReturnType<typeof testTaskContext> {
  return testTaskContext({ observeOperator: (record) => records.push(record), ...overrides });
}

/** The finished spans; fails if a span is still open. */
function tree(attributes: readonly string[] = STATUS): string {
  expect(recorder.openSpans()).toBe(0);
  assertTraceInvariants(recorder.spans());
  return renderSpanTree(recorder.spans(), { attributes });
}

/** Waits until only so many spans are open: the grace time does not count while the event loop is busy. */
async function stillOpen(count: number): Promise<void> {
  await vi.waitFor(() => expect(recorder.openSpans()).toBe(count), { timeout: 15_000 });
}

function blockEventLoop(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function durationMilliseconds(index = 0): number {
  const [seconds, nanoseconds] = recorder.spans()[index]?.duration ?? [Number.NaN, Number.NaN];
  return seconds * 1e3 + nanoseconds / 1e6;
}

describe('partitions', () => {
  const scan = leaf('ScanExec', (_, partition) => [batchOf(...Array(partition + 1).keys())], { partitionCount: 3 });

  it('share one span, in whichever order they end', async () => {
    const context = taskContext();
    const plan = instrumented(scan);
    const executions = [2, 0, 1].map((partition) => plan.execute(partition, context));
    await drain(executions[1] as never);
    expect(recorder.spans()).toHaveLength(0);
    await Promise.all(executions.map((execution) => drain(execution)));
    expect(tree()).toMatchInlineSnapshot(`"ScanExec datafusion.metrics.output_rows=6 planscope.run.status=ok"`);
    expect(records).toMatchObject([{ name: 'ScanExec', status: 'ok' }]);
  });

  it('share one span when one starts after the other has ended', async () => {
    const context = taskContext();
    const plan = instrumented(scan);
    for (const partition of [0, 1, 2]) await drain(plan.execute(partition, context));
    expect(tree()).toMatchInlineSnapshot(`"ScanExec datafusion.metrics.output_rows=6 planscope.run.status=ok"`);
  });

  it('share one span when each has its own context', async () => {
    const parent = node(
      'ParallelExec',
      (_, context, self) =>
        createExecution(context, async function* () {
          const { signal } = new AbortController();
          for (const partition of [0, 1, 2])
            yield* self.children[0]?.execute(partition, { ...context, signal }).batches ?? [];
        }),
      { children: [scan] },
    );
    await drain(instrumented(parent).execute(0, taskContext()));
    expect(tree()).toMatchInlineSnapshot(`
      "ParallelExec datafusion.metrics.output_rows=6 planscope.run.status=ok
        ScanExec datafusion.metrics.output_rows=6 planscope.run.status=ok"
    `);
  });

  it('that are never executed do not keep the span open: the parent ends it', async () => {
    const first = node(
      'FirstExec',
      (_, context, self) => createExecution(context, () => self.children[0]?.execute(0, context).batches ?? []),
      { children: [scan] },
    );
    await drain(instrumented(first).execute(0, taskContext()));
    expect(tree()).toMatchInlineSnapshot(`
      "FirstExec datafusion.metrics.output_rows=1 planscope.run.status=ok
        ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok"
    `);
  });

  it('that are never executed at the top of a plan end the span soon, at the time of the last batch', async () => {
    await drain(instrumented(scan).execute(0, taskContext()));
    expect(recorder.openSpans()).toBe(1);
    await stillOpen(0);
    expect(tree()).toMatchInlineSnapshot(`"ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok"`);
    expect(durationMilliseconds()).toBeLessThan(GRACE_MILLISECONDS);
  });
});

describe('executions get spans of their own', () => {
  it('when one partition is executed twice in one context', async () => {
    const context = taskContext();
    const plan = instrumented(values('ScanExec', [1]));
    await Promise.all([drain(plan.execute(0, context)), drain(plan.execute(0, context))]);
    expect(tree()).toMatchInlineSnapshot(`
      "ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok
      ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok"
    `);
    expect(new Set(records.map(({ id }) => id)).size).toBe(2);
  });

  it('when a plan is executed concurrently in several runs', async () => {
    const plan = instrumented(union('TopExec', [values('ScanExec', [1]), values('ScanExec', [2])]));
    const runs = Array.from({ length: 10 }, (_, index) => taskContext({ run: { runId: `run-${index}` } }));
    await Promise.all(runs.map((context) => drain(plan.execute(0, context))));
    expect(recorder.spans()).toHaveLength(30);
    expect(new Set(recorder.spans().map((span) => span.spanContext().traceId)).size).toBe(10);
    for (const { runId } of runs.map(({ run }) => run)) {
      const own = recorder.spans().filter(({ attributes }) => attributes['planscope.run.id'] === runId);
      expect(new Set(own.map((span) => span.spanContext().traceId)).size).toBe(1);
      expect(own).toHaveLength(3);
    }
  });

  it('when a parallel plan runs twice at once in one run, partition by partition in turn', async () => {
    const scan = leaf('ScanExec', () => [batchOf(1)], { partitionCount: 2 });
    const plan = instrumented(scan);
    const context = taskContext();
    const executions = [0, 0, 1, 1].map((partition) => plan.execute(partition, context));
    await Promise.all(executions.map(drain));
    expect(tree()).toMatchInlineSnapshot(`
      "ScanExec datafusion.metrics.output_rows=2 planscope.run.status=ok
      ScanExec datafusion.metrics.output_rows=2 planscope.run.status=ok"
    `);
  });

  it('under the parent span of each', async () => {
    const tracer = recorder.tracerProvider.getTracer('test');
    const plan = instrumented(leaf('ScanExec', () => [batchOf(1)], { partitionCount: 2 }));
    const base = taskContext();
    const roots = [0, 1].map((partition) => {
      const attributes = { 'planscope.span.kind': 'run', 'planscope.timing.basis': 'measured' };
      const root = tracer.startSpan('planscope.execute', { attributes });
      return { root, execution: plan.execute(partition, { ...base, otelContext: trace.setSpan(ROOT_CONTEXT, root) }) };
    });
    await Promise.all(roots.map(({ execution }) => drain(execution)));
    await stillOpen(roots.length);
    for (const { root } of roots) root.end();
    expect(tree([])).toMatchInlineSnapshot(`
      "planscope.execute
        ScanExec
      planscope.execute
        ScanExec"
    `);
  });

  it('for each iteration of a recursion, without changing the state of the nodes', async () => {
    let work: number[] = [1];
    const workTable = leaf('WorkTableExec', () => {
      if (work.length === 0) throw new Error('Unexpected empty work table');
      return [batchOf(...work)];
    });
    const recursive = node(
      'RecursiveExec',
      (_, context, self) =>
        createExecution(context, async function* () {
          while (work.length > 0) {
            const turn: number[] = [];
            for await (const batch of self.children[0]?.execute(0, context).batches ?? []) {
              yield batch;
              turn.push(...(batch.getChildAt(0)?.toArray() ?? []));
            }
            work = turn.map((value) => value + 1).filter((value) => value < 4);
          }
        }),
      { children: [workTable] },
    );
    const { batches, error } = await drain(instrumented(recursive).execute(0, taskContext()));
    expect(error).toBeUndefined();
    expect(batches.map((batch) => batch.get(0)?.n)).toEqual([1, 2, 3]);
    expect(tree()).toMatchInlineSnapshot(`
      "RecursiveExec datafusion.metrics.output_rows=3 planscope.run.status=ok
        WorkTableExec datafusion.metrics.output_rows=1 planscope.run.status=ok
        WorkTableExec datafusion.metrics.output_rows=1 planscope.run.status=ok
        WorkTableExec datafusion.metrics.output_rows=1 planscope.run.status=ok"
    `);
  });
});

describe('the start', () => {
  it('is more precise than a millisecond, so that it can be compared with times of an engine', async () => {
    const millisecond = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(millisecond);
    vi.spyOn(performance, 'now').mockReturnValue(millisecond + 0.7 - performance.timeOrigin);
    const execution = instrumented(values('ScanExec', [1])).execute(0, taskContext());
    vi.restoreAllMocks();
    await drain(execution);
    const [span] = recorder.spans();
    const fraction = BigInt(fromHrTime(span?.startTime ?? [0, 0])) - BigInt(millisecond) * 1_000_000n;
    expect(fraction).toBeGreaterThanOrEqual(690_000n);
  });
});

describe('the end', () => {
  it('is the end of the last stream, not of the later outcome', async () => {
    const { outcome, settle } = manualOutcome();
    const scan = node('ScanExec', () => ({ batches: values('', [1]).execute(0, testTaskContext()).batches, outcome }));
    const execution = instrumented(scan).execute(0, taskContext());
    await drain(execution);
    await sleep(100);
    expect(recorder.openSpans()).toBe(1);
    settle();
    await execution.outcome;
    expect(tree()).toMatchInlineSnapshot(`"ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok"`);
    expect(durationMilliseconds()).toBeLessThan(80);
    expect(records).toHaveLength(1);
  });

  it('waits 250 ms for the outcome and then warns that it is missing', async () => {
    const { outcome } = manualOutcome();
    const scan = node('ScanExec', () => ({ batches: values('', [1]).execute(0, testTaskContext()).batches, outcome }));
    const context = taskContext();
    await drain(instrumented(scan).execute(0, context));
    await sleep(GRACE_MILLISECONDS - 100);
    expect(recorder.openSpans()).toBe(1);
    await stillOpen(0);
    expect(tree([...STATUS, 'planscope.warnings.codes'])).toMatchInlineSnapshot(
      `"ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok planscope.warnings.codes=["outcome-late"]"`,
    );
    expect(durationMilliseconds()).toBeLessThan(GRACE_MILLISECONDS);
    expect(context.warnings.map(({ code }) => code)).toEqual(['outcome-late']);
  });

  it('waits for the outcome as long as its consumer does, and keeps the report', async () => {
    const { outcome, settle } = manualOutcome();
    const scan = node('ScanExec', () => ({ batches: values('', [1]).execute(0, testTaskContext()).batches, outcome }));
    const context = taskContext();
    const execution = instrumented(scan).execute(0, context);
    await drain(execution);
    const awaited = execution.outcome;
    await sleep(2 * GRACE_MILLISECONDS);
    expect(recorder.openSpans()).toBe(1);
    settle({ report: EMPTY_REPORT });
    await awaited;
    expect(tree()).toMatchInlineSnapshot(`"ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok"`);
    expect(durationMilliseconds()).toBeLessThan(GRACE_MILLISECONDS);
    expect(records[0]?.reports).toEqual([EMPTY_REPORT]);
    expect(context.warnings).toEqual([]);
  });

  it('waits for a long drawing, between whose steps other work has its turns', async () => {
    const drawn: string[] = [];
    const draw: ReportRecorder = Object.assign(() => drawn.push('at once'), {
      *inSteps() {
        for (let step = 0; step < 20; step += 1) {
          blockEventLoop(2);
          yield;
        }
        drawn.push('in steps');
      },
    });
    const scan = leaf('ScanExec', () => [batchOf(1)]);
    const withReport = node('ReportExec', (partition, context) => {
      const { batches, outcome } = scan.execute(partition, context);
      return { batches, outcome: outcome.then((ended) => ({ ...ended, report: EMPTY_REPORT })) };
    });
    // It waits for the batches of its child alone.
    const plan = instrumented(union('UnionExec', [withReport]), { reportRecorders: [draw] });
    const execution = plan.execute(0, taskContext());
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    await drain(execution);
    setImmediate(turn);
    await execution.outcome;
    isDone = true;
    expect(drawn).toEqual(['in steps']);
    expect(turns).toBeGreaterThan(3);
    expect(tree()).toMatchInlineSnapshot(`
      "UnionExec datafusion.metrics.output_rows=1 planscope.run.status=ok
        ReportExec datafusion.metrics.output_rows=1 planscope.run.status=ok"
    `);
    expect(records.map(({ name }) => name).sort()).toEqual(['ReportExec', 'UnionExec']);
  });

  it('warns once of a recorder that fails between its steps, and draws with the others', async () => {
    const drawn: string[] = [];
    const failing: ReportRecorder = Object.assign(() => {}, {
      *inSteps() {
        yield;
        throw new Error('no');
      },
    });
    const scan = leaf('ScanExec', () => [batchOf(1)]);
    const withReport = node('ReportExec', (partition, context) => {
      const { batches, outcome } = scan.execute(partition, context);
      return { batches, outcome: outcome.then((ended) => ({ ...ended, report: EMPTY_REPORT })) };
    });
    const context = taskContext();
    const reportRecorders = [failing, () => void drawn.push('next')];
    const execution = instrumented(withReport, { reportRecorders }).execute(0, context);
    await drain(execution);
    await execution.outcome;
    expect(drawn).toEqual(['next']);
    expect(context.warnings.map(({ code }) => code)).toEqual(['recorder-failed']);
    expect(recorder.openSpans()).toBe(0);
  });

  it('does not fail the query if a span processor throws', async () => {
    const tracer = recorder.tracerProvider.getTracer('test');
    const startSpan: Tracer['startSpan'] = (...start) =>
      Object.assign(tracer.startSpan(...start), {
        end: () => {
          throw new Error('processor');
        },
      });
    const tracerProvider = { getTracer: () => ({ ...tracer, startSpan }) as Tracer };
    const context = taskContext();
    const execution = instrumented(
      leaf('ScanExec', () => [batchOf(1)]),
      { tracerProvider },
    ).execute(0, context);
    expect((await drain(execution)).error).toBeUndefined();
    expect((await execution.outcome).status).toBe('ok');
    expect(context.warnings.map(({ code }) => code)).toEqual(['recorder-failed']);
    expect(records).toMatchObject([{ name: 'ScanExec', status: 'ok' }]);
  });

  it('does not count time in which the event loop is busy, so that the report of an outcome is not lost', async () => {
    const { outcome, settle } = manualOutcome();
    const scan = node('ScanExec', () => ({ batches: values('', [1]).execute(0, testTaskContext()).batches, outcome }));
    const context = taskContext();
    await drain(instrumented(scan).execute(0, context));
    for (let block = 0; block < 2; block += 1) {
      blockEventLoop(GRACE_MILLISECONDS + 100);
      // An engine takes some turns to deliver its report.
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    }
    expect(recorder.openSpans()).toBe(1);
    settle({ report: EMPTY_REPORT });
    await outcome;
    await nextTurn();
    expect(recorder.openSpans()).toBe(0);
    expect(records[0]?.reports).toEqual([EMPTY_REPORT]);
    expect(context.warnings).toEqual([]);
  });

  it('waits for the outcome for outcomeWait', async () => {
    const { outcome, settle } = manualOutcome();
    const scan = node('ScanExec', () => ({ batches: values('', [1]).execute(0, testTaskContext()).batches, outcome }));
    const context = taskContext();
    const execution = instrumented(scan, { outcomeWait: 5000 }).execute(0, context);
    await drain(execution);
    await sleep(GRACE_MILLISECONDS + 50);
    expect(recorder.openSpans()).toBe(1);
    settle();
    await execution.outcome;
    expect(recorder.openSpans()).toBe(0);
    expect(durationMilliseconds()).toBeLessThan(GRACE_MILLISECONDS);
    expect(context.warnings).toEqual([]);
    expect(() => instrumented(scan, { outcomeWait: -1 })).toThrow('option outcomeWait is -1');
  });

  it('comes before the consumer sees the outcome, or the last batch if the outcome has settled', async () => {
    const execution = instrumented(union('TopExec', [values('ScanExec', [1])])).execute(0, taskContext());
    const draining = drain(execution);
    await execution.outcome;
    expect(recorder.openSpans()).toBe(0);
    expect(records.map(({ name }) => name)).toEqual(['ScanExec', 'TopExec']);
    await draining;
  });

  it('does not depend on references to the plan', async () => {
    const plan = instrumented(values('ScanExec', [1]));
    const execution = plan.execute(0, taskContext());
    await drain(execution);
    expect(tree()).toMatchInlineSnapshot(`"ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok"`);
    expect(plan.name).toBe('ScanExec');
  });

  it('of a node that writes files is its outcome, because its batches are not read', async () => {
    const { outcome, settle } = manualOutcome();
    const fetch = node('FetchExec', () => ({ batches: (async function* () {})(), outcome }), {
      output: 'files',
    });
    const execution = instrumented(fetch).execute(0, taskContext());
    settle();
    await execution.outcome;
    expect(tree()).toMatchInlineSnapshot(`"FetchExec planscope.run.status=ok"`);
  });

  it('of a node that writes files comes late after an abort, when it has removed them', async () => {
    const controller = new AbortController();
    const { outcome, settle } = manualOutcome();
    const upload = node('UploadExec', () => ({ batches: (async function* () {})(), outcome }), {
      output: 'files',
    });
    const execution = instrumented(upload).execute(0, taskContext({ signal: controller.signal }));
    controller.abort();
    await sleep(GRACE_MILLISECONDS + 50);
    expect(recorder.openSpans()).toBe(1);
    settle({ status: 'cancelled' });
    await execution.outcome;
    expect(tree()).toMatchInlineSnapshot(`"UploadExec planscope.run.status=cancelled"`);
    expect(durationMilliseconds()).toBeGreaterThan(GRACE_MILLISECONDS);
  });

  it('of an engine that settles its outcome early is still the end of the stream', async () => {
    const toy = node('ToyExec', () => {
      const { outcome, settle } = manualOutcome();
      settle();
      return { batches: values('', [1], [2]).execute(0, testTaskContext()).batches, outcome };
    });
    const execution = instrumented(toy).execute(0, taskContext());
    await execution.outcome;
    await sleep(20);
    await drain(execution);
    expect(tree()).toMatchInlineSnapshot(`"ToyExec datafusion.metrics.output_rows=2 planscope.run.status=ok"`);
  });
});

describe('a consumer', () => {
  const scan = (): ExecutionPlan => union('TopExec', [values('ScanExec', [1], [2], [3])]);

  it('that breaks early leaves no span open, and each is cancelled', async () => {
    const execution = instrumented(scan()).execute(0, taskContext());
    for await (const batch of execution.batches) {
      expect(batch.numRows).toBe(1);
      break;
    }
    await execution.outcome;
    expect(tree()).toMatchInlineSnapshot(`
      "TopExec datafusion.metrics.output_rows=1 planscope.run.status=cancelled
        ScanExec datafusion.metrics.output_rows=1 planscope.run.status=cancelled"
    `);
  });

  it('that throws leaves no span open', async () => {
    const execution = instrumented(scan()).execute(0, taskContext());
    const reading = async (): Promise<void> => {
      for await (const _ of execution.batches) throw new Error('mine');
    };
    await expect(reading()).rejects.toThrow('mine');
    await execution.outcome;
    expect(tree()).toMatchInlineSnapshot(`
      "TopExec datafusion.metrics.output_rows=1 planscope.run.status=cancelled
        ScanExec datafusion.metrics.output_rows=1 planscope.run.status=cancelled"
    `);
  });

  it('that never starts leaves no span open after the run is aborted', async () => {
    const controller = new AbortController();
    const execution = instrumented(scan()).execute(0, taskContext({ signal: controller.signal }));
    expect(execution.batches).toBeDefined();
    expect(recorder.openSpans()).toBe(1);
    controller.abort();
    expect(tree()).toMatchInlineSnapshot(`"TopExec planscope.run.status=cancelled"`);
  });

  it('that never starts leaves no span open after the outcome is known', async () => {
    const { outcome, settle } = manualOutcome();
    const failed = node('ScanExec', () => ({ batches: values('').execute(0, testTaskContext()).batches, outcome }));
    const execution = instrumented(failed).execute(0, taskContext());
    settle({ status: 'error', error: new TypeError('disk') });
    await execution.outcome;
    expect(tree()).toMatchInlineSnapshot(`"ScanExec !TypeError planscope.run.status=error"`);
  });

  it('that never starts an execution with a settled outcome leaves no span open for long', async () => {
    const { outcome, settle } = manualOutcome();
    const done = node('ScanExec', () => ({ batches: values('').execute(0, testTaskContext()).batches, outcome }));
    instrumented(done).execute(0, taskContext());
    settle();
    await stillOpen(0);
    expect(tree()).toMatchInlineSnapshot(`"ScanExec planscope.run.status=ok"`);
    expect(durationMilliseconds()).toBeLessThan(GRACE_MILLISECONDS);
  });

  it('that never finishes leaves no span open once the run is aborted, and the end is that of the last batch or the abort', async () => {
    const controller = new AbortController();
    const execution = instrumented(scan()).execute(0, taskContext({ signal: controller.signal }));
    await execution.batches[Symbol.asyncIterator]().next();
    controller.abort();
    await stillOpen(0);
    expect(tree()).toMatchInlineSnapshot(`
      "TopExec datafusion.metrics.output_rows=1 planscope.run.status=cancelled
        ScanExec datafusion.metrics.output_rows=1 planscope.run.status=cancelled"
    `);
    expect(durationMilliseconds(0)).toBeLessThan(GRACE_MILLISECONDS);
  });

  it('that starts after an abort gets the reason, and the spans are cancelled', async () => {
    const reason = new Error('enough');
    const execution = instrumented(scan()).execute(0, taskContext({ signal: AbortSignal.abort(reason) }));
    const { error } = await drain(execution);
    expect(error).toBe(reason);
    await execution.outcome;
    expect(tree()).toMatchInlineSnapshot(`"TopExec datafusion.metrics.output_rows=0 planscope.run.status=cancelled"`);
  });

  it('that does not read its children to the end also ends their spans', async () => {
    const careless = node(
      'CarelessExec',
      (_, context, self) =>
        createExecution(context, async function* () {
          const { value } = (await self.children[0]?.execute(0, context).batches[Symbol.asyncIterator]().next()) ?? {};
          yield value;
        }),
      { children: [values('ScanExec', [1], [2])] },
    );
    await drain(instrumented(careless).execute(0, taskContext()));
    await stillOpen(0);
    expect(tree()).toMatchInlineSnapshot(`
      "CarelessExec datafusion.metrics.output_rows=1 planscope.run.status=ok
        ScanExec datafusion.metrics.output_rows=1 planscope.run.status=cancelled"
    `);
  });
});

describe('a failure', () => {
  const failing = (error: unknown): ExecutionPlan =>
    leaf('ScanExec', function* () {
      yield batchOf(1);
      throw error;
    });

  it('reaches the consumer unaltered; the spans have its class without its text', async () => {
    const error = new RangeError("value 'secret-4711' is too large");
    const execution = instrumented(union('TopExec', [failing(error)])).execute(0, taskContext());
    const { batches, error: thrown } = await drain(execution);
    expect(thrown).toBe(error);
    expect(batches).toHaveLength(1);
    expect(await execution.outcome).toMatchObject({ status: 'error', error });
    expect(tree()).toMatchInlineSnapshot(`
      "TopExec !RangeError datafusion.metrics.output_rows=1 planscope.run.status=error
        ScanExec !RangeError datafusion.metrics.output_rows=1 planscope.run.status=error"
    `);
    assertTraceInvariants(recorder.spans(), { secrets: ['secret-4711'] });
    expect(recorder.spans().map(({ events }) => events.map(({ name }) => name))).toEqual([
      ['exception'],
      ['exception'],
    ]);
  });

  it('has its message on the span if the dialect knows it', async () => {
    const error = new RangeError('Bead Error: the bead "secret-4711" is lost');
    const dialect = { errors: { classes: ['Bead'], templates: ['the bead "{value}" is lost'] } };
    await drain(instrumented(failing(error), { dialect }).execute(0, taskContext()));
    expect(recorder.spans()[0]).toMatchObject({
      status: { message: 'Bead Error: the bead "?1" is lost' },
      attributes: { 'error.type': 'BeadError' },
    });
    assertTraceInvariants(recorder.spans(), { secrets: ['secret-4711'] });
  });

  it('to start a partition is thrown unaltered and ends the span', () => {
    const error = new Error('no such partition');
    const plan = instrumented(
      node(
        'ScanExec',
        () => {
          throw error;
        },
        { partitionCount: 2 },
      ),
    );
    expect(() => plan.execute(0, taskContext())).toThrow(error);
    expect(tree()).toMatchInlineSnapshot(`"ScanExec !Error planscope.run.status=error"`);
  });

  it('of the outcome itself is passed on, and is on the span', async () => {
    const error = new TypeError('broken engine');
    const broken = node('ScanExec', () => ({ batches: (async function* () {})(), outcome: Promise.reject(error) }));
    const execution = instrumented(broken).execute(0, taskContext());
    await drain(execution);
    await expect(execution.outcome).rejects.toBe(error);
    expect(tree()).toMatchInlineSnapshot(
      `"ScanExec !TypeError datafusion.metrics.output_rows=0 planscope.run.status=error"`,
    );
  });
});

describe('a shared node', () => {
  const shared = (): ExecutionPlan =>
    node('SharedExec', (partition, context, self) =>
      context.shared.once(self, partition, () => createExecution(context, () => [batchOf(1, 2)])),
    );

  it('runs once, has one span, and each additional consumer links to it', async () => {
    const scan = shared();
    const plan = union('TopExec', [union('LeftExec', [scan]), union('RightExec', [scan])]);
    const bare = await drain(plan.execute(0, testTaskContext()));
    const { batches } = await drain(instrumented(plan).execute(0, taskContext()));
    expect(batches.length).toBe(bare.batches.length);
    expect(tree()).toMatchInlineSnapshot(`
      "TopExec datafusion.metrics.output_rows=2 planscope.run.status=ok
        LeftExec datafusion.metrics.output_rows=2 planscope.run.status=ok
          SharedExec datafusion.metrics.output_rows=2 planscope.run.status=ok
        RightExec → SharedExec datafusion.metrics.output_rows=0 planscope.run.status=ok"
    `);
    expect(records.map(({ name }) => name)).toEqual(['SharedExec', 'LeftExec', 'RightExec', 'TopExec']);
  });

  it('needs no link from its parent', async () => {
    const scan = shared();
    await drain(instrumented(union('TopExec', [scan, scan])).execute(0, taskContext()));
    expect(tree()).toMatchInlineSnapshot(`
      "TopExec datafusion.metrics.output_rows=2 planscope.run.status=ok
        SharedExec datafusion.metrics.output_rows=2 planscope.run.status=ok"
    `);
  });

  it('runs again in another run', async () => {
    const plan = instrumented(shared());
    const first = await drain(plan.execute(0, taskContext()));
    const second = await drain(plan.execute(0, taskContext({ run: { runId: 'second' } })));
    expect([first, second].map(({ batches }) => batches.length)).toEqual([1, 1]);
    expect(recorder.spans()).toHaveLength(2);
  });

  it('that keeps its execution itself is recognized', async () => {
    const execution = createExecution(testTaskContext(), () => [batchOf(1)]);
    const hoarder = node('HoarderExec', () => execution);
    const plan = union('TopExec', [union('LeftExec', [hoarder]), union('RightExec', [hoarder])]);
    await drain(instrumented(plan).execute(0, taskContext()));
    expect(tree()).toMatchInlineSnapshot(`
      "TopExec datafusion.metrics.output_rows=1 planscope.run.status=ok
        LeftExec datafusion.metrics.output_rows=1 planscope.run.status=ok
          HoarderExec datafusion.metrics.output_rows=1 planscope.run.status=ok
        RightExec → HoarderExec datafusion.metrics.output_rows=0 planscope.run.status=ok"
    `);
  });
});

describe('warnings', () => {
  it('are on the span of the operator that raised them, and reach the run once', async () => {
    const warning = node('ScanExec', (_, context) => {
      context.warn({ code: 'spilled', message: 'spilled to disk' });
      context.warn({ code: 'spilled', message: 'spilled again' });
      return createExecution(context, () => [batchOf(1)]);
    });
    const context = taskContext();
    await drain(instrumented(union('TopExec', [warning])).execute(0, context));
    expect(tree(['planscope.warnings.*'])).toMatchInlineSnapshot(`
      "TopExec
        ScanExec planscope.warnings.codes=["spilled"] planscope.warnings.count=2"
    `);
    expect(context.warnings.map(({ message }) => message)).toEqual(['spilled to disk', 'spilled again']);
  });

  it('are raised once for a failing recorder in a run, and the query continues', async () => {
    const broken = leaf('ScanExec', () => [batchOf(1)], {
      describe: () => {
        throw new TypeError('no words');
      },
    });
    const context = testTaskContext({
      observeOperator: () => {
        throw new Error('observer');
      },
    });
    const { batches, error } = await drain(instrumented(union('TopExec', [broken, broken])).execute(0, context));
    expect(error).toBeUndefined();
    expect(batches).toHaveLength(2);
    expect(tree()).toMatchInlineSnapshot(`
      "TopExec datafusion.metrics.output_rows=2 planscope.run.status=ok
        ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok
        ScanExec datafusion.metrics.output_rows=1 planscope.run.status=ok"
    `);
    expect(context.warnings).toMatchInlineSnapshot(`
      [
        {
          "code": "recorder-failed",
          "message": "recorder "node" on ScanExec failed with TypeError; the query went on without what it records",
          "operator": "ScanExec",
        },
        {
          "code": "recorder-failed",
          "message": "recorder "observe" on ScanExec failed with Error; the query went on without what it records",
          "operator": "ScanExec",
        },
      ]
    `);
  });
});

describe('many operators on one signal', () => {
  it('do not look like a leak of listeners', async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listener);
    const controller = new AbortController();
    const plan = instrumented(
      union(
        'TopExec',
        Array.from({ length: 30 }, () => values('ScanExec', [1])),
      ),
    );
    const context = taskContext({ signal: controller.signal });
    for (const child of plan.children) child.execute(0, context);
    await sleep(10);
    process.off('warning', listener);
    expect(warnings).toEqual([]);
    expect(recorder.openSpans()).toBe(30);
    controller.abort();
    expect(recorder.openSpans()).toBe(0);
  });
});
