import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RecordingGuard } from './recording-guard.ts';

const failing = (): never => {
  throw new RangeError('out of range');
};
const logged: string[] = [];

beforeEach(() => {
  logged.length = 0;
  const ignored = (): void => {};
  const warn = (message: string): void => void logged.push(message);
  diag.setLogger(
    { error: ignored, warn, info: ignored, debug: ignored, verbose: ignored },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
});

afterEach(() => diag.disable());

it('returns what recording returns, and undefined when it fails', () => {
  const guard = new RecordingGuard('planscope/test');
  const onFailure = vi.fn();
  expect(guard.attempt(() => 3, onFailure)).toBe(3);
  expect(onFailure).not.toHaveBeenCalled();
  expect(guard.attempt(failing, onFailure)).toBeUndefined();
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(expect.any(RangeError));
});

it('warns once for each owner and recorder', () => {
  const guard = new RecordingGuard('planscope/test');
  const [first, second] = [{}, {}];
  const warnings: string[] = [];
  const warn = ({ message }: { message: string }): void => void warnings.push(message);
  for (const [owner, recorder] of [
    [first, 'metrics'],
    [first, 'metrics'],
    [first, 'preview'],
    [second, 'metrics'],
  ] as const) {
    const message = `${recorder} of the ${owner === first ? 'first' : 'second'}`;
    guard.warnOnce({ owner, recorder, warn }, { code: 'recorder-failed', message });
  }
  expect(warnings).toEqual(['metrics of the first', 'preview of the first', 'metrics of the second']);
  expect(logged).toEqual([]);
});

it.each([
  ['there is no sink', undefined],
  ['the sink fails', failing],
])('warns on the diagnostic logger when %s', (_, warn) => {
  const guard = new RecordingGuard('planscope/test');
  const owner = {};
  for (let times = 0; times < 2; times += 1)
    guard.warnOnce({ owner, warn }, { code: 'x', message: 'recording failed' });
  expect(logged).toEqual(['[planscope/test] recording failed']);
});
