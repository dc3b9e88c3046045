import { describe, expect, it } from 'vitest';
import { FIRST_AND_ALONE, ownPeaks } from './own-peaks.ts';

const before = { memory: 10, temporaryStorage: 20 };

describe('the peaks of a statement', () => {
  it('are those that it raised', () => {
    const found = { memory: 11, temporaryStorage: 50 };
    expect(ownPeaks(found, 40, { before, ranAlone: true })).toEqual({
      peakMemory: 11,
      peakTemporaryStorage: 50,
      leastSpilled: 30,
    });
    expect(ownPeaks(found, 40, { before, ranAlone: false })).toEqual({ peakMemory: 11, peakTemporaryStorage: 50 });
  });

  it('are not known where an earlier statement reached them, or may have', () => {
    expect(ownPeaks(before, 40, { before, ranAlone: true })).toEqual({});
    expect(ownPeaks(before, 40, { before: undefined, ranAlone: true })).toEqual({});
  });

  it('are its own spilling only as far as it allocated memory', () => {
    const found = { memory: 0, temporaryStorage: 50 };
    expect(ownPeaks(found, 50, FIRST_AND_ALONE).leastSpilled).toBe(50);
    expect(ownPeaks(found, 49, FIRST_AND_ALONE).leastSpilled).toBeUndefined();
    expect(ownPeaks(found, undefined, FIRST_AND_ALONE).leastSpilled).toBeUndefined();
  });

  it('are known to be zero, whatever else ran', () => {
    const none = { memory: 0, temporaryStorage: 0 };
    const zeros = { peakMemory: 0, peakTemporaryStorage: 0, leastSpilled: 0 };
    expect(ownPeaks(none, 0, { before: undefined, ranAlone: false })).toEqual(zeros);
  });
});
