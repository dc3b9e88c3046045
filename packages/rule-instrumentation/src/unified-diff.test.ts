import { applyPatch } from 'diff';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

const texts = fc
  .array(fc.constantFrom('Sort', '  Filter', '    Scan', '', '-x', '+x', '@@'), { minLength: 1, maxLength: 30 })
  .map((lines) => lines.join('\n'));

it('is a patch from one text to the other', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const diff = unifiedDiff(before, after);
      expect(diff === '').toBe(before === after);
      if (diff !== '') expect(applyPatch(`${before}\n`, `--- a\n+++ b\n${diff}\n`)).toBe(`${after}\n`);
    }),
  );
});

it('shows three unchanged lines around a change', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  expect(unifiedDiff(lines.join('\n'), lines.with(10, 'changed').join('\n'))).toMatchInlineSnapshot(`
    "@@ -8,7 +8,7 @@
     line 7
     line 8
     line 9
    -line 10
    +changed
     line 11
     line 12
     line 13"
  `);
});

it('can change repeated lines', () => {
  expect(unifiedDiff('a\na\nb\na', 'a\nb\na\na')).toMatchInlineSnapshot(`
    "@@ -1,4 +1,4 @@
     a
    -a
     b
     a
    +a"
  `);
});

it('takes linear time if every second line of many has changed', () => {
  const lines = (mark: string): string =>
    Array.from({ length: 20_000 }, (_, index) => (index % 2 === 0 ? `View ${index}` : `  Filter ${mark}`)).join('\n');
  const started = performance.now();
  const diff = unifiedDiff(lines('old'), lines('new'));
  expect(performance.now() - started).toBeLessThan(2000);
  expect(diff.split('\n').filter((line) => line.startsWith('-'))).toHaveLength(10_000);
});

it('replaces a section with too many changes completely, and is still a patch', () => {
  const [before = '', after = ''] = ['a', 'b'].map((name) =>
    Array.from({ length: 3000 }, (_, index) => `${name} ${index % 1000}`).join('\n'),
  );
  const started = performance.now();
  const diff = unifiedDiff(before, after);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(diff.split('\n')).toHaveLength(6001);
  expect(applyPatch(`${before}\n`, `--- a\n+++ b\n${diff}\n`)).toBe(`${after}\n`);
});
