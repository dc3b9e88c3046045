import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closedPort } from './support/closed-port.ts';
import { type OtlpReceiver, startReceiver } from './support/otlp-receiver.ts';
import { runProgram } from './support/run-program.ts';

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
  const bare = await runProgram('make-spans.ts', { ENDING: 'exit', ENDPOINT: endpoint });
  for (const ending of ['normal', 'shutdown']) {
    const end = await runProgram('make-spans.ts', { ENDING: ending, ENDPOINT: endpoint });
    expect(end.code).toBe(0);
    expect(end.millis - bare.millis).toBeLessThan(1_500);
    expect(end.stderr).toMatch(/nothing listens there; start a collector or set otlp\.endpoint/);
    expect(end.stderr).toMatch(/0 of 10 spans arrived; 10 dropped as (process_exit|deadline)/);
  }
});
