import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkBlock } from './check-blocks.ts';
import { checkSql } from './check-data-blocks.ts';
import { checkLinks } from './check-links.ts';
import { type Block, parseDocument } from './document.ts';
import { readWorkspace } from './workspace.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'planscope-docs-test-'));
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('package.json', JSON.stringify({ name: 'root', scripts: { demo: 'x' }, devDependencies: { tsx: '*' } }));
  write(
    'packages/plan/package.json',
    JSON.stringify({ name: '@planscope/plan', peerDependencies: { 'apache-arrow': '*' } }),
  );
  write('packages/plan/README.md', '# Plan\n\n## Install\n');
  write('docs/a.md', 'Save this as `made.mjs`:');
});

afterAll(() => rmSync(root, { recursive: true }));

function problems(language: string, code: string, directive: Block['directive'] = {}): string[] {
  const block = { file: 'docs/a.md', line: 1, language, code, directive };
  return checkBlock(block, readWorkspace(root)).map(({ place, message }) => `${place} ${message}`);
}

describe('commands', () => {
  test.each([
    'npm install --save-dev @planscope/plan apache-arrow@21',
    'npm run demo',
    'pnpm demo --flag',
    'npx tsx made.mjs',
    'node made.mjs',
    'mkdir new\ncd new\nnode made.mjs',
    'cd packages/plan && npm ls',
    'OTEL_TRACES_EXPORTER=console node made.mjs',
  ])('%s', (code) => {
    expect(problems('sh', code)).toEqual([]);
  });

  test.each([
    ['npm install @planscope/plans', 'docs/a.md:1 nothing here is made or tested with a package "@planscope/plans"'],
    ['npm test\nnpm run demos', 'docs/a.md:1 the package in "." has no script "test"'],
    ['true', '"true" is no program the check knows'],
    ['cd packages/none', 'there is no "packages/none"'],
    ['node lost.mjs', 'there is no "lost.mjs"'],
    ['OTEL_TRACES_EXPORTER=zipkin node made.mjs', 'is not allowed'],
    ['PLANSCOPE_SOMETHING_ELSE=1 node made.mjs', 'PLANSCOPE_SOMETHING_ELSE'],
    ['if true', 'syntax error'],
  ])('%s is a problem', (code, message) => {
    expect(problems('sh', code)[0]).toContain(message);
  });
});

test.each([
  ['json', '{ "a": 1 }', {}],
  ['json', '{ "$schema": "x", "preset": "maximal" }', { config: true }],
  ['yaml', 'a: [1, 2]\n---\nb: 3', {}],
  ['promql', 'sum by (x) (rate(planscope_run_output_rows_total[5m]))', {}],
  ['mermaid', 'flowchart TD\n  a["(b"] -->|x| c[(d)]\n  subgraph e [f]\n  end', {}],
  ['diff', '-a\n+b', {}],
  ['text', 'anything', {}],
] as const)('%s: %s', (language, code, directive) => {
  expect(problems(language, code, directive)).toEqual([]);
});

test.each([
  ['json', '{ a: 1 }', {}, 'SyntaxError'],
  ['json', '{ "presets": "maximal" }', { config: true }, 'did you mean preset'],
  ['yaml', 'a: [1', {}, 'docs/a.md:1'],
  ['promql', 'sum(', {}, 'Prometheus does not understand'],
  ['promql', 'planscope_run_rows_total', {}, 'there is no metric planscope_run_rows_total'],
  ['mermaid', 'picture\n', {}, 'not a kind of diagram'],
  ['mermaid', 'flowchart TD\n  a[b --> c', {}, 'docs/a.md:2 a bracket'],
  ['mermaid', 'flowchart TD\n  subgraph a', {}, 'subgraphs'],
  ['diff', ' a\n b', {}, 'what changed'],
  ['', 'x', {}, '"" is no language the check knows'],
  ['constructor', 'x', {}, 'no language'],
] as const)('%s: %s is a problem', (language, code, directive, message) => {
  expect(problems(language, code, directive).join('\n')).toContain(message);
});

test('SQL has to be such that DuckDB parses it; its tables need not exist', async () => {
  const block = (code: string): Block => ({ file: 'a.md', line: 1, language: 'sql', code, directive: {} });
  expect(await checkSql([block('SELECT * FROM nowhere; COPY a TO $b')])).toEqual([]);
  expect(await checkSql([block('SELECT FROM WHERE')])).toMatchObject([
    { message: expect.stringMatching(/Parser Error/) },
  ]);
});

test('links lead to files, to headings, and to the headings of a README of a folder', () => {
  const text = [
    '[1](../packages/plan#install) [2](../packages/plan/README.md#plan) [3](#here) [4](../package.json#L1)',
    '[5](b.md) [6](../packages/plan#other) [7](#there) [8](../package.json#L2) [9](../../outside.md)',
    '# Here',
  ].join('\n\n');
  const documents = [
    parseDocument('docs/a.md', text),
    parseDocument('packages/plan/README.md', '# Plan\n\n## Install\n'),
  ];
  expect(checkLinks(documents, root).map(({ message }) => message)).toEqual([
    'b.md leads to nothing',
    'packages/plan has no heading #other',
    'docs/a.md has no heading #there',
    'package.json has no heading #L2',
    '../../outside.md leads to nothing',
  ]);
});
