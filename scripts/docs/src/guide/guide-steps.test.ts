import { expect, test } from 'vitest';
import { guideSteps } from './guide-steps.ts';

const block = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\`\n`;

test('commands are typed, other blocks saved under the name before them, text is what the screen shows', () => {
  const guide = [
    block('sh', 'npm init -y'),
    'Save this as `a.mjs`:\n',
    block('js', 'a();'),
    block('sh', 'node a.mjs'),
    'It prints:\n',
    block('text', 'a'),
    '<!-- check: skip: it stays -->\n',
    block('sh', 'docker run x'),
  ].join('\n');
  expect(guideSteps(guide)).toMatchObject([
    { kind: 'type', commands: 'npm init -y' },
    { kind: 'save', name: 'a.mjs', text: 'a();\n' },
    { kind: 'type', commands: 'node a.mjs', shows: 'a' },
  ]);
});

test('a reader who would be at a loss stops', () => {
  expect(() => guideSteps(block('js', 'a();'))).toThrow('what to save this as');
  expect(() => guideSteps(`Save this as \`a\`:\n\n${block('js', 'a')}\n${block('js', 'b')}`)).toThrow('line 8');
  expect(() => guideSteps(block('text', 'a'))).toThrow('nothing was typed');
});
