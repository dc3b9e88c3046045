import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLocation, VIEWS, writeLocation } from './page-location.ts';

describe('the address of the page', () => {
  it('is read as it was written, whatever the ids are', () => {
    const id = fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined });
    fc.assert(
      fc.property(fc.record({ run: id, operator: id, span: id, view: fc.constantFrom(...VIEWS) }), (location) => {
        expect(readLocation(writeLocation(location))).toEqual(location);
      }),
    );
  });

  it('shows the plan where it names no view, or one that does not exist', () => {
    expect(readLocation('').view).toBe('plan');
    expect(readLocation('#view=elsewhere&run=a').view).toBe('plan');
  });
});
