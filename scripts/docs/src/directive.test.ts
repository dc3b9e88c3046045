import { expect, test } from 'vitest';
import { readDirective } from './directive.ts';

test.each([
  ['<!-- check: run -->', { run: true }],
  ['<!-- check: continues, prints -->', { continues: true, prints: true }],
  ['<!-- check: skip: it needs a bucket, and: time -->', { skip: 'it needs a bucket, and: time' }],
  [
    "<!-- check: run, given:\nimport a from 'a';\nconst run = a;\n-->",
    { run: true, given: "import a from 'a';\nconst run = a;" },
  ],
  ['<!-- some other comment -->', undefined],
])('%s', (html, directive) => {
  expect(readDirective(html, 'a.md:1')).toEqual(directive);
});

test.each([
  ['<!-- check: runs -->', 'a.md:1: "runs" is nothing the check knows'],
  ['<!-- check: -->', 'asks for nothing'],
  ['<!-- check: skip: -->', 'skip: says nothing'],
])('%s is refused', (html, message) => {
  expect(() => readDirective(html, 'a.md:1')).toThrow(message);
});
