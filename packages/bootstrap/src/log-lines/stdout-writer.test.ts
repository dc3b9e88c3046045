import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { stdoutWriter } from './stdout-writer.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

type Answer = (error?: Error) => void;

/** Standard output that takes one text after another, each when the test answers its write. */
function replaceStdout(): { readonly stdout: Writable; readonly answers: Answer[] } {
  const answers: Answer[] = [];
  const stdout = new Writable({ autoDestroy: false, write: (_text, _encoding, answer) => void answers.push(answer) });
  vi.spyOn(process, 'stdout', 'get').mockReturnValue(stdout as typeof process.stdout);
  return { stdout, answers };
}

test('any number of waiting texts has one listener, and none is left once they are written', async () => {
  const { stdout, answers } = replaceStdout();
  const write = stdoutWriter('traces', () => {});
  for (let text = 0; text < 50; text += 1) write(`${text}\n`);
  expect(stdout.listenerCount('error')).toBe(1);
  for (let text = 0; text < 50; text += 1) {
    answers.shift()?.();
    await nextTurn();
  }
  expect(stdout.writableLength).toBe(0);
  expect(stdout.listenerCount('error')).toBe(0);
});

test('a reader that has gone away is reported, and no error reaches the program', async () => {
  const { stdout, answers } = replaceStdout();
  const problems: string[] = [];
  const write = stdoutWriter('traces', (problem) => problems.push(problem));
  write('first\n');
  write('second\n');
  answers.shift()?.(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  expect(problems).toEqual(['cannot write traces to stdout (EPIPE)']);
  expect(stdout.listenerCount('error')).toBe(0);
});
