import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeError } from './describe-error.ts';
import { createTextRedactor } from './text-redactor.ts';

const messageOf = (message: string): string => describeError(new Error(message)).message;

test('keeps what DuckDB says and drops what it quotes', () => {
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
    "Catalog Error: Table with name sekret does not exist!\n\nLINE 1: from query_table('sekret')\n             ^",
    "Catalog Error: Table with name sekret does not exist!\n\nLINE 1: from 'sekret'\n             ^",
    "Catalog Error: Table with name sekret does not exist!\n\nLINE 1: execute p('a sekret b')\n                            ^",
    'Catalog Error: Aggregate Function with name sekret does not exist!',
    'Catalog Error: unrecognized configuration parameter "sekret"\n\nDid you mean: "secret_directory"',
    'Binder Error: Could not find key "sekret" in struct\n\nCandidate Entries: "x"',
    'Sekret Error: sekret',
    'sekret',
  ];
  const described = messages.map(messageOf).join('\n');
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

test('names the class of an error', () => {
  expect(describeError(new Error("Conversion Error: Could not convert string 'x' to INT32")).type).toBe(
    'ConversionError',
  );
  expect(describeError(new TypeError('sekret'))).toMatchObject({ type: 'TypeError', message: 'TypeError' });
  expect(describeError(new DOMException('sekret', 'AbortError'))).toMatchObject({
    type: 'AbortError',
    message: 'AbortError',
  });
  expect(describeError('sekret')).toEqual({ type: 'string', message: 'string' });
  expect(describeError(null)).toEqual({ type: 'null', message: 'null' });
  expect(describeError(Object.assign(new Error('sekret'), { name: 'not a class: sekret' })).type).toBe('Error');
});

test('keeps code, call and path of an error of the system', () => {
  let thrown: unknown;
  try {
    readFileSync('/nonexistent/file.csv');
  } catch (error) {
    thrown = error;
  }
  expect(describeError(thrown)).toMatchObject({ type: 'ENOENT', message: 'ENOENT: open /nonexistent/file.csv' });
});

test('cleans the messages of Planscope, and the engine messages within them', () => {
  expect(messageOf('[planscope/engine] unknown view "flights" in output "my sekret"; use one of a, b')).toBe(
    '[planscope/engine] unknown view "flights" in output ?1; use one of a, b',
  );
  expect(messageOf('[planscope/object-store] cannot read https://u:sekret@h/x?sig=sekret')).toBe(
    '[planscope/object-store] cannot read https://h/x?…',
  );
  expect(messageOf('[planscope/duckdb] the query failed: Invalid Input Error: sekret')).toBe(
    '[planscope/duckdb] the query failed: Invalid Input Error',
  );
});

test('keeps the frames of a stack and no line of the message', () => {
  const { stacktrace = '' } = describeError(new Error('sekret\n    at sekret (sekret.js:1:1)'));
  expect(stacktrace).not.toContain('sekret');
  expect(stacktrace.split('\n')[0]).toBe('Error');
  expect(stacktrace).toMatch(/^ {4}at .*describe-error\.test\.ts:\d+:\d+\)?$/m);
});

test('gives no stack when the message is not where it should be', () => {
  const error = Object.assign(new Error('x'), { stack: 'Error: sekret\n    at sekret (sekret.js:1:1)' });
  error.message = 'another';
  expect(describeError(error)).toEqual({ type: 'Error', message: 'Error' });
});

test('lets everything through when it is told to', () => {
  const error = new Error('Conversion Error: a sekret');
  expect(describeError(error, { messages: 'raw' })).toEqual({
    type: 'ConversionError',
    message: 'Conversion Error: a sekret',
    stacktrace: error.stack,
  });
});

test('no value is left, whatever it holds', () => {
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
      expect(JSON.stringify(describeError(new Error(template(text))))).not.toContain('s3 cr3t');
    }),
  );
});

test('one switch for each kind of text', () => {
  const texts = { sql: "a = 'x'", plan: 'a=x', url: 's3://u:p@b/k' };
  const closed = createTextRedactor();
  expect([closed.sql(texts.sql), closed.plan(texts.plan), closed.url(texts.url)]).toEqual([
    'a = ?1',
    'a=?1',
    's3://b/k',
  ]);
  expect(closed.planEntries(["a = 'x", "y'"])).toEqual(['a = ?1']);
  expect(closed.urls('see s3://u:p@b/k')).toBe('see s3://b/k');
  expect(closed.error(new Error('x')).message).toBe('Error');
  const open = createTextRedactor({
    sqlLiterals: 'keep',
    planLiterals: 'keep',
    errorMessages: 'keep',
    urlCredentials: 'keep',
  });
  expect([open.sql(texts.sql), open.plan(texts.plan), open.url(texts.url)]).toEqual(Object.values(texts));
  expect(open.planEntries(["a = 'x", "y'"])).toEqual(["a = 'x", "y'"]);
  expect(open.urls('see s3://u:p@b/k')).toBe('see s3://u:p@b/k');
  expect(open.error(new Error('x')).message).toBe('x');
});
