import { expect, test } from 'vitest';
import type { PublishedPackage } from './loopback-registry.ts';
import { releaseProblems } from './release-problems.ts';

const files = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'dist/index.js',
  'dist/index.cjs',
  'dist/index.d.ts',
];

function published(name: string, more: Partial<PublishedPackage['manifest']> = {}): PublishedPackage {
  return { name, latest: '0.1.1', manifest: { name, version: '0.1.1', ...more }, tarballBytes: 1, files };
}

const release = { names: ['@planscope/engine', '@planscope/plan'], version: '0.1.1' };
const plan = published('@planscope/plan');
const engine = published('@planscope/engine', { dependencies: { '@planscope/plan': '^0.1.1', zod: '^4.0.0' } });

test('exactly the public packages, of one version, each with what it needs: no problem', () => {
  expect(releaseProblems([engine, plan], release)).toEqual([]);
});

test('a package too few, and one too many', () => {
  const problems = releaseProblems([engine, published('@planscope/demo', { private: true })], release);
  expect(problems).toContain('@planscope/plan was not published');
  expect(problems).toContain('@planscope/demo must not be published');
  expect(problems).toContain('@planscope/demo: is private');
});

test('a range that stayed behind, or that only a workspace understands', () => {
  const behind = published('@planscope/engine', { dependencies: { '@planscope/plan': '^0.1.0' } });
  const inner = published('@planscope/engine', { peerDependencies: { zod: 'catalog:' } });
  expect(releaseProblems([behind, plan], release)).toEqual([
    '@planscope/engine: needs @planscope/plan ^0.1.0, not ^0.1.1',
  ]);
  expect(releaseProblems([inner, plan], release)).toEqual(['@planscope/engine: needs zod catalog:']);
});

test('a version that stayed behind', () => {
  expect(releaseProblems([engine, { ...plan, latest: '0.1.0' }], release)).toEqual([
    '@planscope/plan: the latest version is 0.1.0, not 0.1.1',
  ]);
});

test('a tarball without its licence, or with tests', () => {
  const bare = { ...plan, files: files.filter((file) => file !== 'LICENSE').concat('src/plan.test.ts') };
  expect(releaseProblems([engine, bare], release)).toEqual([
    '@planscope/plan: no LICENSE in the tarball',
    '@planscope/plan: tests in the tarball: src/plan.test.ts',
  ]);
});
