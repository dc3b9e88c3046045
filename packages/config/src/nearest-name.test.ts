import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance, nearestName } from './nearest-name.ts';

const word = fc.string({ maxLength: 12 });

it.each([
  ['samplr', 'sampler'],
  ['max_queue_size', 'maxQueueSize'],
  ['MaxQueueSize', 'maxQueueSize'],
  ['endpiont', 'endpoint'],
])('takes %s for %s', (name, meant) => {
  expect(nearestName(name, ['sampler', 'maxQueueSize', 'endpoint'])).toBe(meant);
});

it('suggests nothing for a name that is near to none', () => {
  expect(nearestName('colour', ['sampler', 'maxQueueSize', 'endpoint'])).toBeUndefined();
});

it('measures a distance: zero for equals, the same both ways, at most the longer length, no short cuts', () => {
  fc.assert(
    fc.property(word, word, (left, right) => {
      const distance = editDistance(left, right);
      expect(distance === 0).toBe(left === right);
      expect(distance).toBe(editDistance(right, left));
      expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
      expect(distance).toBeGreaterThanOrEqual(Math.abs(left.length - right.length));
    }),
  );
});

it('counts one for one slip of any sort', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 2, maxLength: 12 }), fc.nat(), (text, seed) => {
      const at = seed % (text.length - 1);
      expect(editDistance(text, text.slice(0, at) + text.slice(at + 1))).toBe(1);
      const swapped = text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2);
      expect(editDistance(text, swapped)).toBe(text === swapped ? 0 : 1);
    }),
  );
});
