import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import { errorMarker } from './error-marker.ts';

const marker = errorMarker('planscope.internal.test');

function marked(error: Error): Error {
  marker.set(error);
  return error;
}

it('is on the errors that it was set on, and on no other value', () => {
  expect(marker.isOn(marked(new TypeError('wrong')))).toBe(true);
  for (const value of [new Error('wrong'), undefined, null, 'wrong', 1, {}]) expect(marker.isOn(value)).toBe(false);
});

it('does not show among the properties of an error', () => {
  const error = marked(new Error('wrong'));
  expect(Object.keys(error)).toEqual([]);
  expect(JSON.stringify(error)).toBe('{}');
});

it('knows the errors of another copy of the module, and of another realm', async () => {
  vi.resetModules();
  const other = await import('./error-marker.ts');
  expect(other.errorMarker).not.toBe(errorMarker);
  expect(other.errorMarker('planscope.internal.test').isOn(marked(new Error('wrong')))).toBe(true);

  const foreign = runInNewContext('new Error("wrong")') as Error;
  expect(foreign).not.toBeInstanceOf(Error);
  expect(marker.isOn(marked(foreign))).toBe(true);
});

it('tells classes apart', () => {
  expect(errorMarker('planscope.internal.other').isOn(marked(new Error('wrong')))).toBe(false);
});
