import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PLAN_VALUE, planWithValues, SQL_SECRET, secretLiteral, sqlPiece } from '../test/marked-texts.ts';
import { describeError } from './describe-error.ts';
import { outlineSql } from './outline-sql.ts';
import { redactPlan, redactPlanEntries, redactSql } from './redact-sql.ts';
import { redactUrl, redactUrls } from './redact-url.ts';
import { TokenCursor } from './scan-tokens.ts';
import { sqlIdentifiers, sqlTokens } from './sql-tokens.ts';
import { createTextRedactor } from './text-redactor.ts';
import { truncateText } from './truncate-text.ts';

const LIMIT = 16_384;
/** Tokens that a text may cost under that limit: those that are kept, and those that tell whether quotes pair. */
const MOST_TOKENS = 50_000;
/** Characters that are looked at, whatever the limit. */
const LOOKED_AT = 262_144;

const many = (count: number, piece: (index: number) => string, separator = ', '): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join(separator);

const cases = (levels: number): string =>
  `SELECT ${'CASE WHEN a > 1 THEN ('.repeat(levels)}1${') ELSE 2 END'.repeat(levels)} FROM t`;

const HUGE: Readonly<Record<string, string>> = {
  '8,000 columns': `SELECT ${many(8000, (index) => `column_${index}`)} FROM t`,
  'an INSERT of 2 MB': `INSERT INTO t VALUES ${many(60_000, (index) => `(${index}, 'name ${index}', ${index}.5)`)}`,
  'a nested CASE of 900 levels': cases(900),
  'a nested CASE of 20,000 levels': cases(20_000),
  '100,000 open brackets': `SELECT ${'('.repeat(100_000)}`,
  '100,000 brackets': `SELECT ${'('.repeat(100_000)}1${')'.repeat(100_000)}`,
  'a plan of 1 MB': many(
    14_000,
    (index) => `  FILTER: Filters=[origin=SEA AND name IN ('a''b', 'c${index}')], Output=[a]`,
    '\n',
  ),
  'one line of a plan': `a=${'b '.repeat(500_000)}`,
  'a literal of 2 MB': `SELECT '${'x'.repeat(2_000_000)}' FROM t`,
  apostrophes: `SELECT '${"''".repeat(500_000)}`,
  comments: '/**/'.repeat(500_000),
  'an open comment': `SELECT 1 /* ${'/* '.repeat(300_000)}`,
  'dollar quotations': many(200_000, (index) => `$t${index}$`, ' '),
  'drawn lines': '│\n'.repeat(500_000),
  settings: many(100_000, (index) => `SET a = ${index}`, ';'),
  letters: 'A'.repeat(1_000_000),
  spaces: ' '.repeat(1_000_000),
  ampersands: `https://host/?${'&'.repeat(1_000_000)}`,
  'two-byte text': 'é→'.repeat(500_000),
};

const WAYS: Readonly<Record<string, (text: string) => unknown>> = {
  redactSql: (text) => redactSql(text, { maxBytes: LIMIT }),
  redactPlan: (text) => redactPlan(text, { maxBytes: LIMIT }),
  'redactPlan with names': (text) => redactPlan(text, { maxBytes: LIMIT, identifiers: ['a', 'origin'] }),
  redactPlanEntries: (text) => redactPlanEntries(text.split('\n'), { maxBytes: LIMIT }).join('\n'),
  sqlIdentifiers: (text) => sqlIdentifiers(text, { maxBytes: LIMIT }).join('').slice(0, LIMIT),
  outlineSql: (text) => outlineSql(text).length.toString(),
  sqlTokens: (text) => [...sqlTokens(text, { maxCharacters: 40_000 })].length,
  redactUrl: (text) => redactUrl(text, { maxBytes: LIMIT }),
  redactUrls: (text) => redactUrls(text, { maxBytes: LIMIT }),
  'the message of an engine': (text) => describeError(new Error(`Parser Error: ${text}`), { maxBytes: LIMIT }).message,
  'a constraint': (text) =>
    describeError(new Error(`Constraint Error: CHECK constraint failed on table t with expression ${text}`), {
      maxBytes: LIMIT,
    }).message,
  'a message of Planscope': (text) => describeError(new Error(`[planscope/x] ${text}`), { maxBytes: LIMIT }).message,
  'a raw message': (text) => describeError(new Error(text), { messages: 'keep', maxBytes: LIMIT }).message,
};

describe.each(Object.keys(HUGE))('%s', (kind) => {
  afterEach(() => void vi.restoreAllMocks());

  test.each(Object.keys(WAYS))('costs no more than its limit: %s', (way) => {
    const next = vi.spyOn(TokenCursor.prototype, 'next');
    const result = WAYS[way]?.(HUGE[kind] ?? '');
    expect(Buffer.byteLength(String(result))).toBeLessThanOrEqual(LIMIT);
    expect(next.mock.calls.length).toBeLessThanOrEqual(MOST_TOKENS);
  });
});

test('a long text keeps its head and says how long it was', () => {
  const kept = (text: string | undefined, maxBytes: number): string => redactSql(text ?? '', { maxBytes });
  expect(kept(HUGE['8,000 columns'], 64)).toBe('SELECT column_0, column_1, column_2… [truncated, 102902 bytes]');
  expect(kept(HUGE['an INSERT of 2 MB'], 80)).toBe(
    'INSERT INTO t VALUES (?1, ?2, ?3), (?4, ?5, ?6), (… [truncated, 1886689 bytes]',
  );
  expect(kept(HUGE['a nested CASE of 20,000 levels'], 64)).toBe(
    'SELECT CASE WHEN a > ?1 THEN (CASE … [truncated, 680015 bytes]',
  );
  expect(kept(HUGE['a literal of 2 MB'], 64)).toBe('SELECT ?1… [truncated, 2000016 bytes]');
  expect(kept(`${' '.repeat(3_000_000)}`, 64)).toMatch(/ … \[truncated, 3000000 characters\]$/);
  const plan = HUGE['a plan of 1 MB'] ?? '';
  const identifiers = ['origin', 'name', 'a'];
  expect(redactPlan(plan.slice(0, 10_000), { maxBytes: 98, identifiers })).toBe(
    '  FILTER: Filters=[origin=?1 AND name IN (?2, ?3)], Output=[a]\n  FILTE… [truncated, 10000 bytes]',
  );
  // Of more, no one can tell whether its quotes pair.
  expect(redactPlan(plan, { maxBytes: 98, identifiers })).toBe(
    '  FILTER: ?1=[origin=?2 AND name IN (?3, ?4)], ?5=[a]\n  FILTER: ?1=[… [truncated, 1024889 bytes]',
  );
  expect(
    describeError(new Error(`Bead Error: lost '${'x'.repeat(200_000)}' in a row`), {
      maxBytes: 64,
      dialect: { errors: { classes: ['Bead'], templates: ["lost '{value}' in a row"] } },
    }).message,
  ).toBe("Bead Error: lost '?1' in a row");
});

test('without a limit, brackets and branches nest as deep as they like', () => {
  const levels = 100_000;
  expect(redactSql(`SELECT ${'('.repeat(levels)}1${')'.repeat(levels)}`)).toBe(
    `SELECT ${'('.repeat(levels)}?1${')'.repeat(levels)}`,
  );
  expect(redactSql(cases(20_000))).toBe(
    cases(20_000).replace(/ 1\b/g, ' ?1').replace('(1', '(?1').replace(/ 2\b/g, ' ?2'),
  );
  expect(redactPlan(`a IN ${'('.repeat(levels)}`)).toBe(`a IN ${'('.repeat(levels)}`);
  expect(outlineSql('SELECT a, '.repeat(levels))).toHaveLength(7_373);
});

test('a list of names is read once, however many texts come with it', () => {
  const read = vi.fn(() => ['origin'].values());
  const identifiers = { [Symbol.iterator]: read };
  for (let index = 0; index < 5; index += 1) expect(redactPlan('origin=dest', { identifiers })).toBe('origin=?1');
  expect(read).toHaveBeenCalledOnce();
});

describe('for any SQL and any limit', () => {
  const paired = fc.array(sqlPiece, { maxLength: 80 }).map((pieces) => pieces.join(' '));
  const broken = fc
    .array(fc.oneof(sqlPiece, fc.constantFrom("'", '"', '$$', "it's", '/*', "e'")), { maxLength: 80 })
    .map((pieces) => pieces.join(' '));
  const limit = fc.integer({ min: 1, max: 400 });
  const identifiers = ['a', 'b', 't'];

  test('what is kept is what cleaning everything and then cutting would keep', () => {
    fc.assert(
      fc.property(fc.oneof(paired, broken), limit, fc.boolean(), (text, maxBytes, knowsNames) => {
        const options = knowsNames ? { identifiers } : {};
        const kept = redactSql(text, { ...options, maxBytes });
        expect(kept).toBe(truncateText(redactSql(text, options), maxBytes, text));
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });

  test('no literal is left, wherever the text is cut', () => {
    fc.assert(
      fc.property(paired, limit, (text, maxBytes) => {
        expect(redactSql(text, { maxBytes })).not.toMatch(SQL_SECRET);
        expect(redactPlan(text, { maxBytes, identifiers })).not.toMatch(SQL_SECRET);
        expect(sqlIdentifiers(text, { maxBytes }).join(' ')).not.toMatch(SQL_SECRET);
      }),
    );
  });

  test('no literal is left where the part that is looked at ends in it', () => {
    fc.assert(
      fc.property(secretLiteral, fc.integer({ min: 0, max: 40 }), (text, distance) => {
        const head = `SELECT a /*${'x'.repeat(LOOKED_AT - 13 - distance)}*/ `;
        const tail = ` FROM t ${'-- S3CR3T\n'.repeat(10)}`;
        const clean = redactSql(head + text + tail, { maxBytes: 1_000 });
        expect(clean).toMatch(/^SELECT a .*truncated, \d+ bytes\]$/s);
        expect(clean).not.toMatch(/S3|CR3T|86/);
        expect(redactPlan(head + text + tail, { maxBytes: 1_000 })).not.toMatch(/S3|CR3T|86/);
        expect(
          outlineSql(head + text + tail)
            .map((symbol) => symbol.text)
            .join(' '),
        ).not.toMatch(/S3|CR3T|86/);
      }),
      { numRuns: 50 },
    );
  });

  test('no literal is left where quotes do not pair, wherever that shows', () => {
    const apostrophe = "WHERE name = 'the boys' toys', ' Ulla S3CR3T', a, ";
    const closing = 'b';
    for (const columns of [10, 100, 10_000, 100_000]) {
      const text = `SELECT a FROM t ${apostrophe}${'c, '.repeat(columns)}${closing}`;
      for (const maxBytes of [100, LIMIT]) {
        expect(redactSql(text, { maxBytes })).not.toMatch(/toys|Ulla|CR3T/);
        expect(redactPlan(text, { maxBytes })).not.toMatch(/toys|Ulla|CR3T/);
        expect(sqlIdentifiers(text, { maxBytes }).join(' ')).not.toMatch(/toys|Ulla|CR3T/);
      }
      expect(
        outlineSql(text)
          .map((symbol) => symbol.text)
          .join(' '),
      ).not.toMatch(/toys|Ulla|CR3T/);
    }
  });
});

describe('for any plan and any limit', () => {
  const plan = planWithValues(12);
  const limit = fc.integer({ min: 40, max: 400 });

  test('what is kept is the head of what cleaning everything would keep, without a value', () => {
    fc.assert(
      fc.property(plan, limit, (text, maxBytes) => {
        const kept = redactPlan(text, { maxBytes });
        expect(kept).not.toMatch(PLAN_VALUE);
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(maxBytes);
        const head = kept.replace(/… \[truncated, \d+ bytes\]$/, '');
        expect(redactPlan(text).startsWith(head)).toBe(true);
      }),
    );
  });

  test('no credential is left where the part that is kept ends in a location', () => {
    const location = `location=https://user${'('.repeat(60)}Sekret@host/path`;
    for (let maxBytes = 40; maxBytes < 160; maxBytes += 1) {
      expect(redactPlan(`FetchExec: flights ${location}`, { maxBytes })).not.toMatch(/user|Sekret/);
    }
    expect(redactPlan(`FetchExec: flights ${location}`)).toBe('FetchExec: flights location=https://host/path');
  });

  test('the entries of a list share one limit', () => {
    const entries = Array.from({ length: 1000 }, (_, index) => `(column_${index} = 'Sekret')`);
    expect(redactPlanEntries(entries, { maxBytes: 80 })).toEqual([
      '(column_0 = ?1)',
      '(column_1 = ?1)',
      '(column_2 = ?1)',
      '(col… [truncated, 23889 bytes]',
    ]);
  });
});

test('a redactor bounds each text, whether it cleans or keeps it', () => {
  const text = "a = 'x' ".repeat(1000);
  const cut = (head: string): string => `${head}… [truncated, 8000 bytes]`;
  const closed = createTextRedactor({ maxBytes: 40 });
  expect(closed.sql(text)).toBe(cut('a = ?1 a = ?1'));
  expect(closed.plan(text, { maxBytes: 34 })).toBe(cut('a = ?1 '));
  expect(closed.urls(text)).toBe(cut("a = 'x' a = '"));
  const open = createTextRedactor({
    maxBytes: 40,
    sqlLiterals: 'keep',
    planLiterals: 'keep',
    errorMessages: 'keep',
    urlCredentials: 'keep',
  });
  const kept = cut("a = 'x' a = '");
  expect([open.sql(text), open.plan(text), open.url(text), open.error(new Error(text)).message]).toEqual([
    kept,
    kept,
    kept,
    kept,
  ]);
  expect(open.planEntries([text, text])).toEqual(["a = 'x' a = … [truncated, 16001 bytes]"]);
  expect(open.plan(text, { maxBytes: 31 })).toBe('a = … [truncated, 8000 bytes]');
});
