import {
  describeError,
  type RedactTextOptions,
  redactPlan as redactAnyPlan,
  redactSql as redactAnySql,
  sqlIdentifiers,
} from '@planscope/redaction';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HIDDEN, HIDDEN_IN_PLANS, PLAN_VALUE, planWithValues } from '../../../redaction/test/marked-texts.ts';
import { duckdbDialect as dialect } from './duckdb-dialect.ts';

const redactPlan = (text: string, options?: RedactTextOptions): string => redactAnyPlan(text, { dialect, ...options });
const redactSql = (text: string): string => redactAnySql(text, { dialect });
const redactAll = (texts: readonly string[]): string => texts.map((text) => redactPlan(text)).join('\n');
const messageOf = (message: string, identifiers: readonly string[] = []): string =>
  describeError(new Error(message), { dialect, identifiers }).message;

test('keeps the expressions of DuckDB readable', () => {
  expect(
    redactAll([
      "((name = CAST('Alice Smith' AS VARCHAR)) OR (age > CAST(3 AS BIGINT)))",
      "CASE  WHEN ((age > 5)) THEN ('big one') ELSE 'small' END",
      "sum_no_overflow(age) FILTER (WHERE (CAST(e AS VARCHAR) IS NOT DISTINCT FROM 'ok')) Filter: #5",
      'sum(age) OVER (PARTITION BY name ORDER BY born ASC NULLS LAST ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)',
      "optional: name>='na me1' AND optional: name<='na me9' AND optional: name IN BF(name)",
      'optional: age IN (1, 5, 9)',
      "(name IN (CAST('Bob B' AS VARCHAR), CAST('Carl' AS VARCHAR)))",
      '(name IS NOT DISTINCT FROM name)',
      "born>='2000-01-01'::DATE",
      "(tags = ['x y', 'z5'])",
      '(age <= (age + 3))',
      '(name = #[8.0])',
      'memory.main.p."name" ASC',
      "CAST(name AS ENUM('a b', 'c'))",
      'TRY_CAST(name AS STRUCT(a INTEGER))',
      'optional: Dynamic Filter (name)',
      '__internal_compress_string_uhugeint(#0)',
    ]),
  ).toMatchInlineSnapshot(`
    "((name = CAST(?1 AS VARCHAR)) OR (age > CAST(?2 AS BIGINT)))
    CASE  WHEN ((age > ?1)) THEN (?2) ELSE ?3 END
    sum_no_overflow(age) FILTER (WHERE (CAST(e AS VARCHAR) IS NOT DISTINCT FROM ?1)) Filter: #5
    sum(age) OVER (PARTITION BY name ORDER BY born ASC NULLS LAST ROWS BETWEEN ?1 PRECEDING AND CURRENT ROW)
    optional: name>=?1 AND optional: name<=?2 AND optional: name IN BF(name)
    optional: age IN (?1, ?2, ?3)
    (name IN (CAST(?1 AS VARCHAR), CAST(?2 AS VARCHAR)))
    (name IS NOT DISTINCT FROM name)
    born>=?1::DATE
    (tags = [?1, ?2])
    (age <= (age + ?1))
    (name = #[8.0])
    memory.main.p."name" ASC
    CAST(name AS ENUM(?1, ?2))
    TRY_CAST(name AS STRUCT(a INTEGER))
    optional: Dynamic Filter (name)
    __internal_compress_string_uhugeint(#0)"
  `);
});

test('keeps only known names if names are given', () => {
  const identifiers = ['name', 'bo', 'age'];
  expect(redactPlan('(SEA = name) AND sum(age) > my_function(bo)', { identifiers })).toMatchInlineSnapshot(
    `"(?1 = name) AND sum(age) > ?2"`,
  );
  expect(redactPlan('SEA', { identifiers })).toBe('?1');
  expect(redactPlan('(id = user_id)', { identifiers: ['id', 'user_id'] })).toBe('(id = user_id)');
});

test.each(HIDDEN_IN_PLANS)('hides %j: %s', (text) => {
  expect(redactPlan(text)).not.toMatch(HIDDEN);
});

describe('for any plan', () => {
  const plan = planWithValues(6);

  test('no value remains, with or without quotes', () => {
    fc.assert(
      fc.property(plan, (text) => {
        expect(redactPlan(text)).not.toMatch(PLAN_VALUE);
      }),
    );
  });

  test('redacting twice changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(plan, fc.string({ unit: 'binary' })), (text) => {
        const once = redactPlan(text);
        expect(redactPlan(once)).toBe(once);
      }),
    );
  });
});

test('shows no more if a list of words is missing', () => {
  const pieces = fc.constantFrom(
    ...[
      'amount',
      'Sekret',
      'lower',
      'sum',
      'FILTER',
      'HASH_JOIN: ',
      'INTEGER',
      'hugeint',
      'summarize',
      'BF',
      'IN',
      'AND',
    ],
    ...['(', ')', ' = ', '=', ', ', '::', ' ', ' ', '[', ']', 'Filters=', 'COPY t TO f (FORMAT ', 'PRAGMA show(', '; '],
  );
  const texts = fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join(''));
  const wordsOf = (text: string): string[] => text.replace(/\?\d+/g, ' ').match(/\w+/g) ?? [];
  const options = fc.constantFrom<RedactTextOptions>({}, { identifiers: ['amount'] });
  const { errors: _, ...lists } = dialect;
  const variants = Object.keys(lists).map((list) => ({ ...dialect, [list]: [] }));
  fc.assert(
    fc.property(texts, options, fc.constantFrom(...variants), (text, given, less) => {
      for (const redact of [redactAnyPlan, redactAnySql]) {
        const shown = redact(text, { ...given, dialect });
        const words = wordsOf(redact(text, { ...given, dialect: less }));
        expect(words.filter((word) => !shown.includes(word))).toEqual([]);
      }
    }),
    { numRuns: 1000 },
  );
});

test('keeps the names of a query in its plan, but no pivoted value', () => {
  const identifiers = sqlIdentifiers(`FROM (PIVOT people ON city IN ('Oslo') USING sum(amount))`, { dialect });
  expect(redactPlan('Projections=[amount, Oslo]', { identifiers })).toBe('Projections=[amount, ?1]');
});

test('keeps the names of settings and options, and values that are names', () => {
  expect(
    redactSql('COPY t (a, b) TO f (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (year, month), OVERWRITE)'),
  ).toBe('COPY t (a, b) TO f (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (year, month), OVERWRITE)');
  expect(redactSql('PRAGMA table_info(t); EXPLAIN SELECT a; SET threads = 4; SET x = ?7;')).toBe(
    'PRAGMA table_info(t); EXPLAIN SELECT a; SET threads = ?8; SET x = ?7;',
  );
});

test('keeps the words of DuckDB and drops what it quotes', () => {
  const messages = [
    'Catalog Error: Table with name nosuch does not exist!\nDid you mean "sekret"?\n\nLINE 1: select * from nosuch\n                      ^',
    'Binder Error: Referenced column "nosuchcol" not found in FROM clause!\nCandidate bindings: "sekret"\n\nLINE 1: select nosuchcol\n               ^',
    'Parser Error: syntax error at or near "sekret"\n\nLINE 1: select \'sekret\'',
    'Parser Error: syntax error at or near "FROM"\n\nLINE 1: select FROM',
    "Conversion Error: Could not convert string 'a sekret' to INT32 when casting from source column name\n\nLINE 1: x",
    'Conversion Error: Could not convert string "sekret" to DECIMAL(18,3)',
    "Conversion Error: Could not convert string 'x' to sekret' to INT32\n\nLINE 1: x",
    "Conversion Error: Type INT32 with value 5309 can't be cast because the value is out of range for the destination type INT8",
    'Constraint Error: Duplicate key "name: sekret" violates unique constraint.',
    'Constraint Error: NOT NULL constraint failed: p.age',
    "Constraint Error: CHECK constraint failed on table p with expression CHECK((name != 'sekret'))",
    'Conversion Error: CSV Error on Line: 7\nOriginal Line: 7,sekret\nError when converting column "a".',
    'Out of Range Error: Overflow in addition of INT32 (5309 + 1)!',
    'IO Error: No files found that match the pattern "s3://k:sekret@b/x/*.csv?token=sekret"',
    'IO Error: No files found that match the pattern "sekret file"',
    "Invalid Input Error: Failed to cast value: Could not convert string 'sekret' to INT64",
    'Invalid Input Error: sekret',
    'Failed to extract statements: Parser Error: syntax error at or near "FROM"\n\nLINE 1: sekret',
    'Failed to extract statements: sekret',
    "Catalog Error: Table with name sekret does not exist!\n\nLINE 1: from query_table('sekret')\n             ^",
    "Catalog Error: Table with name sekret does not exist!\n\nLINE 1: from 'sekret'\n             ^",
    "Catalog Error: Table with name sekret does not exist!\n\nLINE 1: execute p('a sekret b')\n                            ^",
    'Catalog Error: Aggregate Function with name sekret does not exist!',
    'Catalog Error: unrecognized configuration parameter "sekret"\n\nDid you mean: "secret_directory"',
    'Binder Error: Could not find key "sekret" in struct\n\nCandidate Entries: "x"',
    'Sekret Error: sekret',
    'sekret',
  ];
  const described = messages.map((message) => messageOf(message, ['name'])).join('\n');
  expect(described).not.toMatch(/sekret|5309/i);
  expect(described).toMatchInlineSnapshot(`
    "Catalog Error: Table with name nosuch does not exist!
    Binder Error: Referenced column "nosuchcol" not found in FROM clause!
    Parser Error: syntax error at or near "?1"
    Parser Error: syntax error at or near "FROM"
    Conversion Error: Could not convert string '?1' to INT32 when casting from source column name
    Conversion Error: Could not convert string "?1" to DECIMAL(18,3)
    Conversion Error: Could not convert string '?1' to ?2
    Conversion Error: Type INT32 with value ?1 can't be cast because the value is out of range for the destination type INT8
    Constraint Error: Duplicate key "?1" violates unique constraint.
    Constraint Error: NOT NULL constraint failed: p.age
    Constraint Error: CHECK constraint failed on table p with expression CHECK((name != ?1))
    Conversion Error: CSV Error on Line: 7
    Out of Range Error: Overflow in addition of INT32
    IO Error: No files found that match the pattern "?1"
    IO Error: No files found that match the pattern "?1"
    Invalid Input Error: Failed to cast value: Could not convert string '?1' to INT64
    Invalid Input Error
    Parser Error: syntax error at or near "FROM"
    Error
    Catalog Error: Table with name ?1 does not exist!
    Catalog Error: Table with name ?1 does not exist!
    Catalog Error: Table with name ?1 does not exist!
    Catalog Error: Aggregate Function with name ?1 does not exist!
    Catalog Error: unrecognized configuration parameter ?1
    Binder Error: Could not find key ?1 in struct
    Error
    Error"
  `);
});

test.each([
  'Catalog Error: Table with name sekret does not exist!\nDid you mean "people"?',
  'Catalog Error: Table with name people.sekret does not exist!',
  'Binder Error: Database "sekret" not found',
  'Binder Error: column "sekret" must appear in the GROUP BY clause or must be part of an aggregate function.',
  "Conversion Error: Could not convert string 'x' to INT32 when casting from source column sekret\n\nLINE 1: SELECT COLUMNS('.*')::INT\n                             ^",
])('keeps a name only if the query writes it: %j', (message) => {
  expect(messageOf(message)).not.toContain('sekret');
  expect(messageOf(message, ['people', 'x'])).not.toContain('sekret');
  expect(messageOf(message, ['people', 'SEKRET'])).toContain('sekret');
});

test('names the class of an error', () => {
  const error = new Error("Conversion Error: Could not convert string 'x' to INT32");
  expect(describeError(error, { dialect }).type).toBe('ConversionError');
  expect(messageOf('[planscope/duckdb] the query failed: Invalid Input Error: sekret')).toBe(
    '[planscope/duckdb] the query failed: Invalid Input Error',
  );
});

test('no value remains, whatever its content', () => {
  const templates = [
    (value: string) => `Conversion Error: Could not convert string '${value}' to INT32\n\nLINE 1: ${value}`,
    (value: string) => `Constraint Error: Duplicate key "a: ${value}" violates primary key constraint.`,
    (value: string) => `Parser Error: syntax error at or near "${value}"\n\nLINE 1: ${value}`,
    (value: string) => `Invalid Input Error: ${value}`,
    (value: string) => `Binder Error: table ${value} has 3 columns but ${value} values were supplied`,
  ];
  const fragments = fc.constantFrom(
    "' to ",
    '"',
    '\n',
    ' ',
    "'",
    ' violates unique',
    '    at x (y.js:1:1)',
    'INT32',
    ' Error: ',
  );
  const value = fc.array(fragments, { maxLength: 5 }).map((parts) => `${parts.join('')}s3 cr3t${parts.join('')}`);
  fc.assert(
    fc.property(fc.constantFrom(...templates), value, (template, text) => {
      expect(JSON.stringify(describeError(new Error(template(text)), { dialect }))).not.toContain('s3 cr3t');
    }),
  );
});
