import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkTree } from './check-room.ts';
import { lacksOptionalPeer, readInstalledTree } from './installed-tree.ts';

const project = mkdtempSync(join(tmpdir(), 'planscope-tree-'));
const modules = join(project, 'node_modules');
const packages = {
  'node_modules/@planscope/plan': {
    dependencies: { semconv: '^1.0.0', diff: '^9.0.0' },
    peerDependencies: { 'apache-arrow': '>=20', zod: '*', diff: '*' },
    peerDependenciesMeta: { zod: { optional: true } },
  },
  'node_modules/semconv': { peerDependencies: { '@opentelemetry/api': '^1.9.0' } },
  'node_modules/@opentelemetry/api': {},
  'node_modules/diff': {},
  'node_modules/apache-arrow': { dependencies: { tslib: '^2.0.0', diff: '^8.0.0' } },
  'node_modules/apache-arrow/node_modules/diff': {},
  'node_modules/tslib': {},
};
for (const path of Object.keys(packages)) {
  mkdirSync(join(project, path), { recursive: true });
  writeFileSync(join(project, path, 'index.js'), 'x'.repeat(10));
}
mkdirSync(dirname(join(modules, '.package-lock.json')), { recursive: true });
writeFileSync(join(modules, '.package-lock.json'), JSON.stringify({ packages }));
afterAll(() => rmSync(project, { recursive: true }));

const tree = readInstalledTree(project, '@planscope/plan');

test('counts everything that came, each version once', () => {
  expect(tree.dependencies).toEqual(['@opentelemetry/api', 'apache-arrow', 'diff', 'diff', 'semconv', 'tslib']);
});

test('says what came for a peer only, also for one of a dependency, with what that needs', () => {
  expect([...tree.broughtByPeers]).toEqual([
    ['@opentelemetry/api', 1],
    ['apache-arrow', 3],
  ]);
  expect(tree.absentPeers).toEqual(['zod']);
});

test('weighs the package and all files', () => {
  expect(tree.ownBytes).toBe(10);
  expect(tree.installedBytes).toBeGreaterThan(70);
});

test('is refused where it holds what the package does not need, or lacks what it says to bring', () => {
  const room = { name: 'plan', programs: [], hasBothBuilds: false };
  expect(() => checkTree({ ...room, brings: ['arrow'] }, tree)).not.toThrow();
  expect(() => checkTree({ ...room, brings: [] }, tree)).toThrow('needs no arrow, but apache-arrow was installed');
  expect(() => checkTree({ ...room, brings: ['arrow', 'zod'] }, tree)).toThrow('no longer brings zod');
});

const peerProject = mkdtempSync(join(tmpdir(), 'planscope-peers-'));
const peerModules = join(peerProject, 'node_modules/@planscope/object-store');
mkdirSync(peerModules, { recursive: true });
const peerDependenciesMeta = { '@aws-sdk/client-s3': { optional: true } };
writeFileSync(join(peerModules, 'package.json'), JSON.stringify({ peerDependenciesMeta }));
afterAll(() => rmSync(peerProject, { recursive: true }));

const missing = (file: string, module: string): string =>
  `${file}(1,20): error TS2307: Cannot find module '${module}' or its corresponding type declarations.`;

test('lets a declaration of ours miss an optional peer', () => {
  expect(lacksOptionalPeer(missing(`${peerModules}/dist/s3.d.ts`, '@aws-sdk/client-s3'))).toBe(true);
});

test('lets nothing else pass', () => {
  expect(lacksOptionalPeer(missing(`${peerModules}/dist/index.d.ts`, 'zod'))).toBe(false);
  expect(lacksOptionalPeer(missing(`${peerProject}/program.mts`, '@aws-sdk/client-s3'))).toBe(false);
  expect(lacksOptionalPeer(`${peerModules}/dist/index.d.ts(3,1): error TS2304: Cannot find name 'Buffer'.`)).toBe(
    false,
  );
});
