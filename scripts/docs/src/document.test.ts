import { describe, expect, test } from 'vitest';
import { parseDocument, readDirective } from './document.ts';

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

const fence = '```';

describe('parseDocument', () => {
  test('finds the fenced blocks, where they begin, and what a comment asks of them', () => {
    const { blocks } = parseDocument(
      'a.md',
      `# A\n\n<!-- check: continues, run -->\n\n${fence}ts\nconst a = 1;\n${fence}\n\n    only indented\n\n- in a list:\n\n  ${fence}sh\n  npm test\n  ${fence}\n`,
    );
    expect(blocks).toEqual([
      { file: 'a.md', line: 6, language: 'ts', code: 'const a = 1;', directive: { continues: true, run: true } },
      { file: 'a.md', line: 14, language: 'sh', code: 'npm test', directive: {} },
    ]);
  });

  test('finds the links within the repository, also in tables, and not those in code', () => {
    const { links } = parseDocument(
      'a.md',
      `[b](b.md#c) <https://x.example> [x](https://x.example)\n\n| a |\n| - |\n| [d](../d) |\n\n\`[no](no.md)\`\n`,
    );
    expect(links).toEqual([
      { file: 'a.md', line: 1, target: 'b.md#c' },
      { file: 'a.md', line: 5, target: '../d' },
    ]);
  });

  test('has the anchors that GitHub gives to headings, and those that are written', () => {
    const { anchors } = parseDocument(
      'a.md',
      '# Two `words`, then\n\n## Same\n\n## Same\n\n<a id="own.one"></a>text\n',
    );
    expect([...anchors]).toEqual(['two-words-then', 'same', 'same-1', 'own.one']);
  });

  test('refuses a comment that no block follows', () => {
    expect(() => parseDocument('a.md', '<!-- check: run -->\n\nText.\n')).toThrow('a.md:1: no block');
    expect(() => parseDocument('a.md', 'Text.\n\n<!-- check: run -->\n')).toThrow('no block');
  });
});
