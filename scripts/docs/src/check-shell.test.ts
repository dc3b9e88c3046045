import { expect, test } from 'vitest';
import { shellCommands } from './check-shell.ts';

test('one command after another, with the variables that are set for it', () => {
  const code = [
    '# a comment',
    'A=1 B="two words" npm run demo -- --sql "SELECT 1; SELECT 2" # why',
    'cd x && node a.mjs > out.txt | wc -l',
    'npm install a \\',
    '  b',
    "export C='3'",
  ].join('\n');
  expect(shellCommands(code)).toEqual([
    {
      line: 1,
      variables: { A: '1', B: 'two words' },
      words: ['npm', 'run', 'demo', '--', '--sql', 'SELECT 1; SELECT 2'],
    },
    { line: 2, variables: {}, words: ['cd', 'x'] },
    { line: 2, variables: {}, words: ['node', 'a.mjs', 'out.txt'] },
    { line: 2, variables: {}, words: ['wc', '-l'] },
    { line: 3, variables: {}, words: ['npm', 'install', 'a', 'b'] },
    { line: 5, variables: { C: '3' }, words: [] },
  ]);
});
