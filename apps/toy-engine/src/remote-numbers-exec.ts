import {
  createExecution,
  createUnixClock,
  type Execution,
  type ExecutionBody,
  type ExecutionPlan,
  type ExecutionStatus,
  type IoReport,
  type NodeField,
  type PlanProperties,
  singlePartition,
  type TaskContext,
} from '@planscope/plan';
import { Field, Float64, type RecordBatch, Schema, tableFromArrays } from 'apache-arrow';

/** Numbers, eight bytes each. */
const WIDTH = Float64Array.BYTES_PER_ELEMENT;

/**
 * An engine that reads remote files with a client of its own: no local copy, no store of ours in between, and only the
 * bytes it needs. What it read it says in its report.
 */
export class RemoteNumbersExec implements ExecutionPlan {
  readonly name = 'RemoteNumbersExec';
  readonly output = 'batches';
  readonly schema: Schema = new Schema([new Field('number', new Float64(), true)]);
  readonly properties: PlanProperties = singlePartition;
  readonly children: readonly [] = [];

  /** @param chunks which thousands of numbers are wanted */
  constructor(
    readonly url: string,
    readonly chunks: readonly number[],
  ) {}

  withNewChildren = (): this => this;
  describe = (): NodeField[] => [{ key: 'chunks', text: this.chunks.map(String), kind: 'code' }];

  execute = (_: number, context: TaskContext): Execution =>
    createExecution(context, (body) => this.#read(body, context.signal));

  async *#read(body: ExecutionBody, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    const clock = createUnixClock();
    const now = (): string => clock().toString();
    const start = now();
    const io: IoReport[] = [];
    let status: ExecutionStatus = 'error';
    try {
      for (const chunk of this.chunks) {
        const from = chunk * 1000 * WIDTH;
        const begun = now();
        const bytes = await getRange(this.url, from, from + 1000 * WIDTH, signal);
        io.push({
          store: 'toy',
          operation: 'get',
          location: this.url,
          bytes: bytes.byteLength,
          requests: 1,
          ranges: [[from, from + bytes.byteLength]],
          timing: { basis: 'measured', window: { start: begun, end: now() } },
        });
        yield* tableFromArrays({ number: new Float64Array(bytes) }).batches;
      }
      status = 'ok';
    } finally {
      const engine = { name: 'toy', version: '1' };
      body.report = { version: 2, engine, status, window: { start, end: now() }, io };
    }
  }
}

async function getRange(url: string, start: number, end: number, signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(url, { headers: { range: `bytes=${start}-${end - 1}` }, signal });
  if (response.status !== 206) throw new Error(`the server answered ${response.status}`);
  return response.arrayBuffer();
}
