import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeError } from './describe-error.ts';
import type { SqlDialect } from './sql-dialect.ts';
import { createTextRedactor } from './text-redactor.ts';

const messageOf = (message: string, identifiers: readonly string[] = []): string =>
  describeError(new Error(message), { identifiers }).message;

/** An engine's errors: some of its messages are known. */
const abacus: SqlDialect = {
  types: ['bead'],
  errors: {
    classes: ['Bead', 'Row of Beads'],
    prefixes: ['counter: '],
    wrappings: ['while counting: '],
    templates: [
      'the bead "{value}" is lost',
      'no bead of {type} in row {number}\n',
      'no bead of {type}',
      'unexpected {keyword}',
    ],
  },
};

test('keeps the messages that a dialect knows, and only the class of its others', () => {
  const describe = (message: string) => {
    const { type, message: kept } = describeError(new Error(message), { dialect: abacus });
    return [type, kept];
  };
  expect(
    [
      'Bead Error: the bead "sekret" is lost',
      'Row of Beads Error: while counting: the bead "sekret" is lost, sekret',
      'counter: Bead Error: no bead of BEAD in row 3\nsekret',
      'Bead Error: no bead of sekret',
      'Bead Error: unexpected SELECT',
      'Bead Error: sekret',
      'Sekret Error: the bead "sekret" is lost',
      'the bead "sekret" is lost',
    ].map(describe),
  ).toEqual([
    ['BeadError', 'Bead Error: the bead "?1" is lost'],
    ['RowofBeadsError', 'Row of Beads Error: while counting: the bead "?1" is lost'],
    ['BeadError', 'Bead Error: no bead of BEAD in row 3'],
    ['BeadError', 'Bead Error: no bead of ?1'],
    ['BeadError', 'Bead Error: unexpected SELECT'],
    ['BeadError', 'Bead Error'],
    ['Error', 'Error'],
    ['Error', 'Error'],
  ]);
});

test('keeps the known messages of an engine that names no class', () => {
  const dialect: SqlDialect = { errors: { templates: ['line {number}: the bead {stored} is lost'] } };
  const error = Object.assign(new Error('line 3: the bead red is lost'), { name: 'AbacusError' });
  expect(describeError(error, { dialect })).toMatchObject({ type: 'AbacusError', message: error.message });
  expect(describeError(new Error('line x: sekret'), { dialect }).message).toBe('Error');
  expect(describeError(new Error('line x: the bead sekret words is lost'), { dialect }).message).toBe(
    'line ?1: the bead ?2 is lost',
  );
});

test('refuses a template with a slot that there is none of, before any text comes', () => {
  const dialect: SqlDialect = { errors: { templates: ['the bead {colour} is lost'] } };
  expect(() => createTextRedactor({ dialect })).toThrow(
    'unknown slot {colour} in an error template; use one of value,',
  );
});

test('names the class of an error', () => {
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
    '[planscope/duckdb] the query failed: Error',
  );
  const own = new Error('[planscope/abacus] the sum failed: Bead Error: the bead "sekret" is lost');
  expect(describeError(own, { dialect: abacus }).message).toBe(
    '[planscope/abacus] the sum failed: Bead Error: the bead "?1" is lost',
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
  const error = new Error('Bead Error: a sekret');
  expect(describeError(error, { messages: 'keep', dialect: abacus })).toEqual({
    type: 'BeadError',
    message: 'Bead Error: a sekret',
    stacktrace: error.stack,
  });
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
