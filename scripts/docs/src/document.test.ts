import { describe, expect, test } from 'vitest';
import { readBlocks } from './document.ts';

const fence = '```';

function directive(comment: string): object | undefined {
  return readBlocks('a.md', `${comment}\n\n${fence}ts\n${fence}\n`)[0]?.directive;
}

test.each([
  ['<!-- check: run -->', { run: true }],
  ['<!-- check: continues, prints -->', { continues: true, prints: true }],
  ['<!-- check: skip: it needs a bucket, and: time -->', { skip: 'it needs a bucket, and: time' }],
  [
    "<!-- check: run, given:\nimport a from 'a';\nconst run = a;\n-->",
    { run: true, given: "import a from 'a';\nconst run = a;" },
  ],
  ['<!-- some other comment -->', {}],
])('%s', (comment, expected) => {
  expect(directive(comment)).toEqual(expected);
});

test.each([
  ['<!-- check: runs -->', 'a.md:1: "runs" is nothing the check knows'],
  ['<!-- check: -->', 'asks for nothing'],
  ['<!-- check: skip: -->', 'asks for nothing'],
])('%s is refused', (comment, message) => {
  expect(() => directive(comment)).toThrow(message);
});

describe('readBlocks', () => {
  test('finds the fenced blocks, where they begin, what is above and what a comment asks of them', () => {
    const text = [
      '# A',
      '',
      'Save this as `a.ts`:',
      '',
      '<!-- check: continues, run -->',
      '',
      `${fence}ts`,
      'const a = 1;',
      fence,
      '',
      '    only indented',
      '',
      '- in a list:',
      '',
      `  ${fence}sh`,
      '  npm test',
      '    # twice',
      `  ${fence}`,
      '',
      '````text',
      fence,
      '````',
    ].join('\n');
    const file = 'a.md';
    expect(readBlocks(file, text)).toEqual([
      {
        ...{ file, line: 8, language: 'ts', code: 'const a = 1;', above: 'Save this as `a.ts`:' },
        directive: { continues: true, run: true },
      },
      { file, line: 16, language: 'sh', code: 'npm test\n  # twice', above: '- in a list:', directive: {} },
      { file, line: 21, language: 'text', code: fence, above: `  ${fence}`, directive: {} },
    ]);
  });

  test('refuses a comment that no block follows', () => {
    expect(() => readBlocks('a.md', '<!-- check: run -->\n\nText.\n')).toThrow('a.md: a comment');
    expect(() => readBlocks('a.md', `<!-- check: run -->\n\nText.\n\n${fence}ts\n${fence}\n`)).toThrow(
      'a.md: a comment',
    );
  });
});
