import { expect, it } from 'vitest';
import { queryFingerprint } from './query-fingerprint.ts';

const base = "SELECT a, \"B c\" FROM t WHERE name = 'x''y' AND id IN (1, 2, 3) LIMIT 10";

it.each([
  ['other literals', 'SELECT a, "B c" FROM t WHERE name = \'\' AND id IN (7) LIMIT 1.5e3'],
  [
    'white space, case and comments',
    'select  a,\n"B c" from T -- all\nwhere NAME = \'q\' /* ids */ and id in (?)\nlimit 1;',
  ],
  ['placeholders of a redacted text', 'SELECT a, "B c" FROM t WHERE name = ?1 AND id IN (?2, ?3, ?4) LIMIT 10'],
])('is the same for %s', (_, sql) => expect(queryFingerprint(sql)).toBe(queryFingerprint(base)));

it.each([
  ['another column', base.replace('SELECT a', 'SELECT b')],
  ['another case in quotes', base.replace('B c', 'b c')],
  ['another condition', base.replace('AND', 'OR')],
])('differs for %s', (_, sql) => expect(queryFingerprint(sql)).not.toBe(queryFingerprint(base)));

it('reads a text that ends in a string or comment', () => {
  expect(queryFingerprint("SELECT 'a")).toBe(queryFingerprint("SELECT 'b'"));
  expect(queryFingerprint('SELECT 1 /* never')).toBe(queryFingerprint('SELECT 2'));
});

it('takes time linear in the length of the text', () => {
  const time = (length: number): number => {
    const start = performance.now();
    queryFingerprint(`SELECT ${'/*'.repeat(length)} '${"''".repeat(length)} ${'"'.repeat(length)}`);
    return performance.now() - start;
  };
  time(1000);
  expect(time(200_000)).toBeLessThan(5_000);
});
