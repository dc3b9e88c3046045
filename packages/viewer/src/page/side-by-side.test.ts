import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sideBySide } from './side-by-side.ts';

describe('sideBySide', () => {
  it('faces removed lines with those in their place', () => {
    expect(sideBySide('@@ -1,3 +1,3 @@\n Spec\n-  Scan: a\n-  Scan: b\n+  Join: a, b\n End\n')).toEqual([
      { kind: 'hunk', before: '@@ -1,3 +1,3 @@', after: '@@ -1,3 +1,3 @@' },
      { kind: 'same', before: 'Spec', after: 'Spec' },
      { kind: 'changed', before: '  Scan: a', after: '  Join: a, b' },
      { kind: 'changed', before: '  Scan: b' },
      { kind: 'same', before: 'End', after: 'End' },
    ]);
  });

  it('has each side of any diff complete and in order', () => {
    const lines = fc.array(fc.constantFrom('Filter', '  Scan', '-- x', '++ y', ''), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const [one, other] = [before, after].map((each) => each.map((line) => `${line}\n`).join('')) as [
          string,
          string,
        ];
        const diff = createTwoFilesPatch('a', 'b', one, other, '', '', { context: 100 });
        const rows = sideBySide(diff.slice(diff.indexOf('@@'))).filter(({ kind }) => kind !== 'hunk');
        if (one === other) return;
        expect(rows.flatMap((row) => row.before ?? [])).toEqual(before);
        expect(rows.flatMap((row) => row.after ?? [])).toEqual(after);
      }),
    );
  });
});
