/**
 * What reading and drawing a report of Trino costs, in time, in memory, and in turns of the event loop:
 *
 *     node --expose-gc --conditions=@planscope/source --import tsx bench/trino-report.ts [stages] [tasks]
 *
 * First a report as Trino sends it for a query of some joins, 0.85 MB of JSON; then one of 200 stages with 2,000 tasks each.
 * The latter is made task by task as it is read: as JSON it would be larger than the longest string of Node.js.
 */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { SpanBudget, toHrTime } from '@planscope/plan';
import { createSpanRecorder } from '@planscope/testing';
import { drawQuery, readReport, type TrinoReading, trinoReportRecorders } from '@planscope/trino';
import { kept, queryInfo, task } from './trino/made-report.ts';

/** A list whose entries are made when it is read, and not kept. */
class MadeList extends Array<unknown> {
  constructor(readonly make: () => Iterator<unknown>) {
    super();
  }
  override [Symbol.iterator](): ArrayIterator<unknown> {
    return this.make() as ArrayIterator<unknown>;
  }
}

/** The longest time without a turn of the event loop, in milliseconds, while something runs. */
async function longestTurn<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; longest: number; took: number }> {
  let [longest, last, isOpen] = [0, performance.now(), true];
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isOpen) setImmediate(turn);
  };
  setImmediate(turn);
  const start = performance.now();
  last = start;
  const result = await work();
  const took = performance.now() - start;
  await new Promise((resolve) => setImmediate(resolve));
  isOpen = false;
  return { result, longest, took };
}

const recorder = createSpanRecorder();
const { tracerProvider } = recorder;
const recorders = trinoReportRecorders({ tracerProvider });

/** Draws within the default budget of 1,000 spans; returns how long it took, and the number of spans. */
function draw({ report }: TrinoReading): { readonly took: number; readonly spans: number } {
  recorder.clear();
  const start = performance.now();
  const span = tracerProvider.getTracer('bench').startSpan('query', { startTime: toHrTime(report.window.start) });
  const scope = {
    place: { otelContext: trace.setSpan(ROOT_CONTEXT, span), window: report.window },
    stages: new Map(),
    operators: new Map(),
    run: { runId: 'run-1' },
    budget: new SpanBudget(1_000),
    warn: ({ message }: { readonly message: string }) => console.warn(message),
  };
  drawQuery(report, scope, recorders);
  span.end(toHrTime(report.window.end));
  return { took: performance.now() - start, spans: recorder.spans().length };
}

/** Least and median: on a busy machine, only the least is the program's own. */
function shown(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  return `${sorted[0]?.toFixed(1)} ms at least, ${sorted[sorted.length >> 1]?.toFixed(1)} ms in the median`;
}

async function usual(): Promise<void> {
  const text = JSON.stringify(queryInfo(6, (id) => kept(id, 19), 19));
  const rounds = { parse: [] as number[], read: [] as number[], longest: [] as number[], draw: [] as number[] };
  let spans = 0;
  for (let round = 0; round < 60; round += 1) {
    const start = performance.now();
    JSON.parse(text);
    const parse = performance.now() - start;
    const { result, longest, took } = await longestTurn(() => readReport(text));
    const drawn = draw(result);
    spans = drawn.spans;
    // The first rounds are those of a program that has just started.
    if (round < 20) continue;
    rounds.parse.push(parse);
    rounds.read.push(took);
    rounds.longest.push(longest);
    rounds.draw.push(drawn.took);
  }
  console.log(`a report of ${(text.length / 1e6).toFixed(2)} MB, ${rounds.read.length} rounds`);
  console.log(`  JSON.parse alone            ${shown(rounds.parse)}`);
  console.log(`  readReport                  ${shown(rounds.read)}`);
  console.log(`  longest turn in readReport  ${shown(rounds.longest)}`);
  console.log(`  drawing ${spans} spans            ${shown(rounds.draw)}`);
}

async function large(stages: number, tasks: number): Promise<void> {
  const size = JSON.stringify(task(0, 0)).length * stages * tasks;
  recorder.clear();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const lists = (id: number): unknown[] =>
    new MadeList(function* () {
      for (let number = 0; number < tasks; number += 1) yield task(id, number);
    });
  const { result, longest, took } = await longestTurn(() => readReport(queryInfo(stages, lists, tasks)));
  globalThis.gc?.();
  const held = process.memoryUsage().heapUsed - before;
  const drawn = draw(result);
  console.log(
    `${stages} stages with ${tasks.toLocaleString('en-US')} tasks each, ${(size / 1e9).toFixed(1)} GB as JSON`,
  );
  console.log(
    `  readReport, with making the tasks  ${(took / 1e3).toFixed(1)} s, longest turn ${longest.toFixed(0)} ms`,
  );
  console.log(`  memory held by the report          ${(held / 1e6).toFixed(0)} MB`);
  console.log(`  drawing ${drawn.spans} spans                 ${drawn.took.toFixed(0)} ms`);
}

const [stages = 200, tasks = 2_000] = process.argv.slice(2).map(Number);
await usual();
await large(stages, tasks);
