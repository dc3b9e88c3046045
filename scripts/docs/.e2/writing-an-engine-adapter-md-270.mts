import { open } from 'node:fs/promises';
import {
  createExecution,
  createUnixClock,
  type EngineReport,
  type Execution,
  type ExecutionPlan,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { Field, Float64, type RecordBatch, Schema, tableFromArrays } from 'apache-arrow';

interface AbacusAnswer {
  readonly sum: number;
  readonly rows: number;
  readonly reads: readonly { readonly bytes: number; readonly start: bigint; readonly end: bigint }[];
  readonly computeNanos: bigint;
}

const clock = createUnixClock(); // nanoseconds since the epoch, which never go back

/** The engine. It knows nothing of Planscope. */
async function abacus(path: string): Promise<AbacusAnswer> {
  const file = await open(path);
  const reads = [];
  let text = '';
  try {
    for (let read = -1; read !== 0; ) {
      const start = clock();
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(8) });
      read = bytesRead;
      if (bytesRead > 0) reads.push({ bytes: bytesRead, start, end: clock() });
      text += buffer.toString('utf8', 0, bytesRead);
    }
  } finally {
    await file.close();
  }
  const begin = process.hrtime.bigint();
  const numbers = text.trimEnd().split('\n').map(Number);
  const sum = numbers.reduce((left, right) => left + right, 0);
  return { sum, rows: numbers.length, reads, computeNanos: process.hrtime.bigint() - begin };
}

/** The adapter: the engine's answer as batches, and what it measured as a report. */
class AbacusExec implements ExecutionPlan {
  readonly name = 'AbacusExec';
  readonly schema = new Schema([new Field('sum', new Float64(), true)]);
  readonly properties = singlePartition;
  readonly children: readonly ExecutionPlan[] = [];
  constructor(readonly path: string) {}

  withNewChildren(): AbacusExec {
    return this;
  }

  describe(): string {
    return `sum file=${this.path}`;
  }

  execute(_partition: number, context: TaskContext): Execution {
    return createExecution(context, async function* (this: AbacusExec, run): AsyncGenerator<RecordBatch> {
      const start = clock();
      const answer = await abacus(this.path);
      run.report = report(this.path, answer, { start: start.toString(), end: clock().toString() });
      yield* tableFromArrays({ sum: Float64Array.of(answer.sum) }).batches;
    }.bind(this));
  }
}

function report(path: string, answer: AbacusAnswer, window: EngineReport['window']): EngineReport {
  const rows = { name: 'output_rows', type: 'count', unit: '{row}' } as const;
  const bytesRead = answer.reads.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    version: 1,
    engine: { name: 'abacus', version: '1.0.0' },
    status: 'ok',
    window,
    operators: [
      {
        id: 'sum',
        name: 'SUM',
        timing: { basis: 'execution_window' }, // it ran somewhere in `window`; nobody knows when
        metrics: [
          { ...rows, value: 1 },
          { name: 'elapsed_compute', type: 'time', unit: 'ns', value: answer.computeNanos.toString() },
        ],
        children: [
          {
            id: 'scan',
            name: 'SCAN',
            timing: { basis: 'execution_window' },
            attributes: { 'abacus.files': path },
            metrics: [
              { ...rows, value: answer.rows },
              { name: 'bytes_read', type: 'count', unit: 'By', value: bytesRead },
            ],
            children: [],
          },
        ],
      },
    ],
    io: answer.reads.map(({ bytes, start, end }) => ({
      store: 'abacus',
      operation: 'get_ranges',
      location: path,
      bytes,
      requests: 1,
      timing: { basis: 'measured', window: { start: start.toString(), end: end.toString() } },
      operatorId: 'scan',
    })),
  };
}
import { writeFileSync } from 'node:fs';
import { instrumentExecution, operatorReportRecorder } from '@planscope/exec-instrumentation';
import { ioReportRecorder } from '@planscope/object-store';
import { planningReportRecorder } from '@planscope/rule-instrumentation';
import { testTaskContext } from '@planscope/plan/testing';
import { createSpanRecorder, renderSpanTree } from '@planscope/testing';

writeFileSync('numbers.txt', '1\n20\n300\n4000\n');

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
const rule = instrumentExecution({
  tracerProvider,
  reportRecorders: [
    planningReportRecorder({ tracerProvider }),
    operatorReportRecorder({ tracerProvider }),
    ioReportRecorder({ tracerProvider }),
  ],
});
const context = testTaskContext();
const plan = await rule.apply(new AbacusExec('numbers.txt'), context);
for await (const _ of plan.execute(0, context).batches);

const attributes = ['abacus.*', 'datafusion.metrics.output_rows', 'object_store.result.bytes'];
console.log(renderSpanTree(recorder.spans(), { attributes }));
export {};
