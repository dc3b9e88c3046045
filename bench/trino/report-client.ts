/**
 * Runs queries of the server of the first argument with spans, as many as the second says, and prints a line of JSON for
 * each: the longest time in which the event loop had no turn, in milliseconds, from the last row to the drawn spans.
 */
import { createRequire } from 'node:module';

// The built packages: how they are compiled and loaded is part of what a program sees.
const load = createRequire(import.meta.url);
const { traceTrino } = load('@planscope/trino') as typeof import('@planscope/trino');
const { createSpanRecorder } = load('@planscope/testing') as typeof import('@planscope/testing');

const [, , server = '', rounds = '1'] = process.argv;
const recorder = createSpanRecorder();
const client = traceTrino({ server, user: 'bench', tracerProvider: recorder.tracerProvider });

/** Calls of `setImmediate` in a row, each of which is a turn. */
function watchTurns(): () => { longest: number; at: number; turns: number } {
  const start = performance.now();
  let [last, longest, at, turns, isOpen] = [start, 0, 0, 0, true];
  const turn = (): void => {
    const now = performance.now();
    if (now - last > longest) [longest, at] = [now - last, last - start];
    last = now;
    turns += 1;
    if (isOpen) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    turn();
    isOpen = false;
    return { longest, at, turns };
  };
}

for (let round = 0; round < Number(rounds); round += 1) {
  await client.run('SELECT 1');
  const begun = performance.now();
  const stop = watchTurns();
  await client.flush();
  const seen = stop();
  const spans = recorder.spans().length;
  recorder.clear();
  console.log(JSON.stringify({ ...seen, took: performance.now() - begun, spans }));
}
