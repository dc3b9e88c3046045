import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { checkBlock } from './check-blocks.ts';
import { shellCommands } from './check-shell.ts';
import type { Block } from './document.ts';

/** What is wrong with a block in the README of a package. */
async function problems(language: string, code: string, directive: Block['directive'] = {}): Promise<string> {
  const block = { file: 'packages/config/README.md', line: 1, language, code, directive, above: '' };
  return (await checkBlock(block)).join('\n');
}

test('one command after another, with the variables that are set for it', () => {
  const code = [
    '# a comment',
    'A=1 B="two words" npm run demo -- --sql "SELECT 1; SELECT 2" # why',
    'cd x && node a.mjs > out.txt | wc -l',
    'npm install a \\',
    '  b',
    "export C='3' D=$E",
  ].join('\n');
  expect(shellCommands(code)).toEqual([
    ['A=1', 'B=two words', 'npm', 'run', 'demo', '--', '--sql', 'SELECT 1; SELECT 2'],
    ['cd', 'x'],
    ['node', 'a.mjs', 'out.txt'],
    ['wc', '-l'],
    ['npm', 'install', 'a', 'b'],
    ['export', 'C=3', 'D=$E'],
  ]);
});

describe('commands', () => {
  test.each([
    'npm install --save-dev @planscope/plan apache-arrow@21',
    'npm run demo',
    'pnpm demo --flag',
    'pnpm vitest run --project preview',
    'npx tsx planscope.config.json',
    'node planscope.config.json',
    'mkdir new\ncd new',
    'cd packages/plan && npm ls',
    'bash ../../.ci/run',
    'OTEL_TRACES_EXPORTER=console node schema.json',
    'export PLANSCOPE_PRESET=maximal',
  ])('%s', async (code) => {
    expect(await problems('sh', code)).toBe('');
  });

  test.each([
    ['npm install @planscope/plans', 'nothing here is made or tested with a package "@planscope/plans"'],
    ['npm test\nnpm run demos', 'the package in "." has no script "demos"'],
    ['true', '"true" is no program the check knows'],
    ['cd packages/none', 'there is no "packages/none"'],
    ['cd packages/plan && node lost.mjs', 'there is no "lost.mjs"'],
    ['otelcol --config=lost.yaml', 'there is no "lost.yaml"'],
    ['OTEL_TRACES_EXPORTER=zipkin node schema.json', 'is not allowed'],
    ['PLANSCOPE_SOMETHING_ELSE=1 node schema.json', 'PLANSCOPE_SOMETHING_ELSE'],
    ['if true', 'syntax error'],
  ])('%s is a problem', async (code, message) => {
    expect(await problems('sh', code)).toContain(message);
  });
});

test.each([
  ['json', '{ "a": 1 }', {}],
  ['json', '{ "$schema": "x", "preset": "maximal" }', { config: true }],
  ['python', 'for x in [1]:\n    print(x)', {}],
  ['yaml', 'a: [1, 2]\n---\nb: 3', {}],
  ['sql', 'SELECT * FROM nowhere; COPY a TO $b', {}],
  ['promql', '# a comment\nsum by (x) (rate(planscope_run_output_rows_total[5m]))', {}],
  ['mermaid', 'flowchart TD\n  a["(b"] -->|x| c[(d)]\n  subgraph e [f]\n  end', {}],
  ['diff', '-a\n+b', {}],
  ['text', 'anything', {}],
] as const)('%s: %s', async (language, code, directive) => {
  expect(await problems(language, code, directive)).toBe('');
});

test.each([
  ['json', '{ a: 1 }', {}, 'SyntaxError'],
  ['json', '{ "presets": "maximal" }', { config: true }, 'did you mean preset'],
  ['yaml', 'a: [1', {}, 'must be'],
  ['sql', 'SELECT FROM WHERE', {}, 'Parser Error'],
  ['promql', 'sum(', {}, 'Prometheus does not understand'],
  ['promql', 'planscope_run_rows_total', {}, 'there is no metric planscope_run_rows_total'],
  ['mermaid', 'picture\n', {}, 'not a kind of diagram'],
  ['mermaid', 'flowchart TD\n  a[b --> c', {}, 'not closed in "a[b --> c"'],
  ['mermaid', 'flowchart TD\n  subgraph a', {}, 'subgraph'],
  ['diff', ' a\n b', {}, 'what changed'],
  ['', 'x', {}, '"" is no language the check knows'],
  ['constructor', 'x', {}, 'no language'],
] as const)('%s: %s is a problem', async (language, code, directive, message) => {
  expect(await problems(language, code, directive)).toContain(message);
});

test.skipIf(spawnSync('python3', ['--version']).error !== undefined)(
  'python: an open bracket is a problem',
  async () => {
    expect(await problems('python', 'print(1')).toContain('SyntaxError');
  },
);
