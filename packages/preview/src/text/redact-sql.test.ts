import { expect, test } from 'vitest';
import { redactSql } from './index.ts';

test('replaces every kind of literal and keeps names, keywords, operators and parameters', () => {
  expect(
    redactSql(
      `SELECT a, "b" FROM t -- who
       WHERE a = 'it''s' AND b = E'x\\'y' AND c = $$dol'lar$$ AND d = $q$ $$ $q$ AND e = x'AB' AND f > -1.5e-3
       AND g = DATE '2020-01-01' AND h = $1 AND i = ? AND j = $name AND k = 'it''s' /* a /* b */ c */`,
    ).replace(/\s+/g, ' '),
  ).toMatchInlineSnapshot(
    `"SELECT a, "b" FROM t WHERE a = ?1 AND b = ?2 AND c = ?3 AND d = ?4 AND e = ?5 AND f > -?6 AND g = DATE ?7 AND h = $1 AND i = ? AND j = $name AND k = ?1 "`,
  );
});
