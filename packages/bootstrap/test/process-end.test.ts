import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closedPort } from './support/closed-port.ts';
import { startFaultProxy } from './support/fault-proxy.ts';
import { type OtlpReceiver, startReceiver } from './support/otlp-receiver.ts';
import { type ProgramEnd, runProgram } from './support/run-program.ts';

let receiver: OtlpReceiver;
let directory: string;
let file: string;

beforeEach(async () => {
  receiver = await startReceiver();
  directory = mkdtempSync(join(tmpdir(), 'planscope-end-'));
  file = join(directory, 'traces.jsonl');
});

afterEach(async () => {
  rmSync(directory, { recursive: true });
  await receiver.stop();
});

function spansInFile(): number {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => JSON.parse(line).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans).length;
}

test.each(['normal', 'shutdown', 'forgotten handle'])(
  'a program that ends by itself (%s) loses nothing',
  async (ending) => {
    const end = await runProgram('make-spans.ts', { ENDING: ending, ENDPOINT: receiver.httpUrl, FILE: file });
    expect(end).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect([receiver.spans().length, spansInFile()]).toEqual([10, 10]);
  },
);

test.each([
  ['exit', 3],
  ['throw', 1],
  ['reject', 1],
])('a program that ends by %s keeps its exit code; the file is complete, the rest is counted', async (ending, code) => {
  const end = await runProgram('make-spans.ts', { ENDING: ending, ENDPOINT: receiver.httpUrl, FILE: file });
  expect(end.code).toBe(code);
  expect(spansInFile()).toBe(10);
  expect(end.stderr).toMatch(/exporter otlp \(.*\): 0 of 10 spans arrived; 10 dropped as process_exit/);
});

test('a collector that is down holds a program up no longer than the deadline', async () => {
  const endpoint = `http://127.0.0.1:${await closedPort()}`;
  for (const ending of ['normal', 'shutdown']) {
    // Starting the program takes longest on a busy machine, and does not count.
    let ready = Number.NaN;
    const end = await runProgram('make-spans.ts', { ENDING: ending, ENDPOINT: endpoint }, () => {
      ready = performance.now();
    });
    expect(end.code).toBe(0);
    expect(performance.now() - ready).toBeLessThan(3_000);
    expect(end.stderr).toMatch(/nothing listens there; start a collector or set otlp\.endpoint/);
    expect(end.stderr).toMatch(/0 of 10 spans arrived; 10 dropped as (process_exit|deadline)/);
  }
});

/** Runs the program until it is ready, then sends it signals. */
function interrupt(
  environment: Readonly<Record<string, string>>,
  ...signals: readonly NodeJS.Signals[]
): Promise<ProgramEnd> {
  return runProgram('make-spans.ts', environment, (text, kill) => {
    if (!text.includes('ready')) return;
    for (const [index, signal] of signals.entries()) setTimeout(() => kill(signal), index * 200);
  });
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the program as ever, after its spans have been sent',
  async (signal) => {
    const end = await interrupt({ ENDING: 'wait', ENDPOINT: receiver.httpUrl, FILE: file }, signal);
    expect(end).toMatchObject({ code: null, signal, stderr: '' });
    expect([receiver.spans().length, spansInFile()]).toEqual([10, 10]);
  },
);

test('a program with a listener of its own decides by itself how it ends', async () => {
  const end = await interrupt({ ENDING: 'own listener', ENDPOINT: receiver.httpUrl }, 'SIGTERM');
  expect(end).toMatchObject({ code: 7, signal: null, stderr: '' });
  expect(receiver.spans()).toHaveLength(11);
});

test('a second signal does not wait for a collector that does not answer', async () => {
  const proxy = await startFaultProxy(receiver.httpUrl, () => 'stall');
  const end = await interrupt(
    { ENDING: 'wait', ENDPOINT: proxy.url, FILE: file, DEADLINE: '20000' },
    'SIGTERM',
    'SIGTERM',
  );
  await proxy.stop();
  expect(end).toMatchObject({ code: null, signal: 'SIGTERM' });
  expect(end.millis).toBeLessThan(10_000);
  expect(spansInFile()).toBe(10);
  expect(end.stderr).toMatch(/0 of 10 spans arrived; 10 sent without an answer/);
});

test('after shutdown no handler is left, and a signal does what it always did', async () => {
  let sent = false;
  const end = await runProgram(
    'make-spans.ts',
    { ENDING: 'no handler left', ENDPOINT: receiver.httpUrl },
    (text, kill) => {
      if (sent || !text.includes('listeners')) return;
      sent = true;
      kill('SIGTERM');
    },
  );
  expect(end).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
  expect(end.stdout).toContain('listeners 0 0');
});

test('a program that survives an error loses nothing', async () => {
  const end = await runProgram('make-spans.ts', { ENDING: 'caught late', ENDPOINT: receiver.httpUrl, FILE: file });
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect([receiver.spans().length, spansInFile()]).toEqual([11, 11]);
});

test('at process.exit a query that still runs is in the file when it is slow by then, else counted', async () => {
  const environment = { ENDING: 'running query', FILE: file, SLOW_MILLIS: '30000' };
  const end = await runProgram('make-spans.ts', environment);
  expect(end.code).toBe(3);
  expect(readFileSync(file, 'utf8')).toContain('below old');
  expect(readFileSync(file, 'utf8')).not.toContain('below young');
  expect(end.stderr).toMatch(/11 of 12 spans arrived; 1 dropped as undecided \(their query was still running/);
});

test('a rotated file is complete when the program calls process.exit', async () => {
  writeFileSync(file, '{"resourceSpans":[]}\n');
  const end = await runProgram('make-spans.ts', { ENDING: 'exit', FILE: file, FILE_MAX_BYTES: '1000' });
  expect(end).toMatchObject({ code: 3, stderr: '' });
  expect(spansInFile()).toBe(10);
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('{"resourceSpans":[]}\n');
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the program by the deadline when the collector stands still, and what was sent counts as unknown',
  async (signal) => {
    const proxy = await startFaultProxy(receiver.httpUrl, () => 'stall');
    const end = await interrupt({ ENDING: 'wait', ENDPOINT: proxy.url, FILE: file }, signal);
    await proxy.stop();
    expect(end).toMatchObject({ code: null, signal });
    expect(spansInFile()).toBe(10);
    expect(end.stderr).toMatch(/0 of 10 spans arrived; 10 sent without an answer/);
  },
);

test('a worker thread that is terminated takes with it what it has not sent, and leaves the program alone', async () => {
  const environment = { ENDING: 'wait', ENDPOINT: receiver.httpUrl, FILE: file, TERMINATE: 'yes' };
  const end = await runProgram('worker.ts', environment);
  expect(end).toMatchObject({ code: 0, signal: null });
  expect(end.stdout).toContain('worker ended with 1');
  expect(receiver.spans()).toEqual([]);
});

test.each([
  ['normal', 0, 10],
  ['exit', 3, 0],
  ['throw', 1, 0],
  ['reject', 1, 0],
])('a worker thread that ends by %s', async (ending, code, arrived) => {
  const end = await runProgram('worker.ts', { ENDING: ending, ENDPOINT: receiver.httpUrl, FILE: file });
  expect(end.stdout).toContain(`worker ended with ${code}`);
  expect([receiver.spans().length, spansInFile()]).toEqual([arrived, 10]);
  if (arrived === 0) expect(end.stderr).toMatch(/0 of 10 spans arrived; 10 dropped as process_exit/);
});
