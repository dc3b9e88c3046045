/**
 * Runs queries of the server of the first argument with spans, as many as the second says, by `traceTrino` or, with the
 * third argument `engine`, as runs of a specification. Prints a line of JSON for each: the longest time in which the event
 * loop had no turn, in milliseconds, from the last row to the drawn spans.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// The built packages: how they are compiled and loaded is part of what a program sees.
const load = createRequire(import.meta.url);
const { createSpanRecorder } = load('@planscope/testing') as typeof import('@planscope/testing');

const [, , server = '', rounds = '1', way = 'client'] = process.argv;
const { tracerProvider, ...recorder } = createSpanRecorder();

/** Runs a query to its last row; returns what draws its report. */
type RunQuery = () => Promise<() => Promise<unknown>>;

function client(): RunQuery {
  const { traceTrino } = load('@planscope/trino') as typeof import('@planscope/trino');
  const { run, flush } = traceTrino({ server, user: 'bench', tracerProvider });
  return async () => {
    await run('SELECT 1');
    return flush;
  };
}

async function engine(): Promise<RunQuery> {
  const { createEngine } = load('@planscope/engine') as typeof import('@planscope/engine');
  const trino = { server, user: 'bench', catalog: 'tpch', schema: 'tiny' };
  const started = await createEngine({ engine: 'trino', trino, environment: {}, tracerProvider });
  return async () => {
    const { batches, result } = await started.stream({
      inputs: [{ name: 't', table: 'tpch.tiny.t' }],
      sql: 'SELECT * FROM t',
    });
    const rows = batches[Symbol.asyncIterator]();
    // The server has one page; the end of the batches is that of the run.
    await rows.next();
    return async () => {
      while ((await rows.next()).done !== true);
      await result;
    };
  };
}

/** Milliseconds for which the main thread was ready to run, and another program had the processor; NaN elsewhere. */
function waited(): number {
  return process.platform === 'linux'
    ? Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6
    : Number.NaN;
}

/** Calls of `setImmediate` in a row, each of which is a turn. */
function watchTurns(): () => { longest: number; own: number; at: number; turns: number } {
  const start = performance.now();
  let [last, lastWaited, longest, own, at, turns, isOpen] = [start, waited(), 0, 0, 0, 0, true];
  const turn = (): void => {
    const [now, nowWaited] = [performance.now(), waited()];
    own = Math.max(own, now - last - (nowWaited - lastWaited));
    if (now - last > longest) [longest, at] = [now - last, last - start];
    [last, lastWaited] = [now, nowWaited];
    turns += 1;
    if (isOpen) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    turn();
    isOpen = false;
    return { longest, own, at, turns };
  };
}

const run = way === 'engine' ? await engine() : client();
for (let round = 0; round < Number(rounds); round += 1) {
  const draw = await run();
  const begun = performance.now();
  const stop = watchTurns();
  await draw();
  const seen = stop();
  const spans = recorder.spans().length;
  recorder.clear();
  console.log(JSON.stringify({ ...seen, took: performance.now() - begun, spans }));
}
process.exit();
