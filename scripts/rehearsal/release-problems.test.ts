import { expect, test } from 'vitest';
import { type PublishedPackage, releaseProblems } from './release-problems.ts';

const files = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'dist/index.js',
  'dist/index.cjs',
  'dist/index.d.ts',
];
const names = ['@planscope/engine', '@planscope/plan'];

function published(name: string, more: Partial<PublishedPackage> = {}): PublishedPackage {
  return { name, version: '0.1.1', files, ...more };
}

const plan = published('@planscope/plan');
const engine = published('@planscope/engine', { dependencies: { '@planscope/plan': '^0.1.1', zod: '^4.0.0' } });

test('exactly the public packages, of one version, each with what it needs: no problem', () => {
  expect(releaseProblems([engine, plan], names, '0.1.1')).toEqual([]);
});

test.each<[string, PublishedPackage[], string[]]>([
  ['a package too few', [engine], ['@planscope/plan was not published']],
  [
    'a package too many',
    [engine, plan, published('@planscope/demo', { private: true })],
    ['@planscope/demo must not be published', '@planscope/demo: is private'],
  ],
  [
    'a range that stayed behind',
    [published('@planscope/engine', { dependencies: { '@planscope/plan': '^0.1.0' } }), plan],
    ['@planscope/engine: needs @planscope/plan ^0.1.0'],
  ],
  [
    'a range that only a workspace understands',
    [published('@planscope/engine', { peerDependencies: { zod: 'catalog:' } }), plan],
    ['@planscope/engine: needs zod catalog:'],
  ],
  [
    'a version that stayed behind',
    [engine, published('@planscope/plan', { version: '0.1.0' })],
    ['@planscope/plan: the latest version is 0.1.0, not 0.1.1'],
  ],
  [
    'a tarball without its licence, or with tests',
    [engine, { ...plan, files: files.filter((file) => file !== 'LICENSE').concat('src/plan.test.ts') }],
    ['@planscope/plan: no LICENSE in the tarball', '@planscope/plan: a test in the tarball: src/plan.test.ts'],
  ],
])('%s', (_, packages, problems) => {
  expect(releaseProblems(packages, names, '0.1.1')).toEqual(problems);
});
