import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkSizeTable, measurePackage, type PackageSize, replaceSizeTable } from './package-size.ts';

const project = mkdtempSync(join(tmpdir(), 'planscope-tree-'));
const modules = join(project, 'node_modules');
const packages = {
  'node_modules/@planscope/plan': { peerDependenciesMeta: { zod: { optional: true }, tslib: { optional: true } } },
  'node_modules/@opentelemetry/api': { peer: true },
  'node_modules/diff': {},
  'node_modules/tslib': {},
  'node_modules/@opentelemetry/api/node_modules/diff': { peer: true },
};
for (const path of Object.keys(packages)) {
  mkdirSync(join(project, path), { recursive: true });
  writeFileSync(join(project, path, 'index.js'), 'x'.repeat(10));
}
writeFileSync(join(modules, '.package-lock.json'), JSON.stringify({ packages }));
writeFileSync(join(project, 'plan.tgz'), 'x'.repeat(7));
afterAll(() => rmSync(project, { recursive: true }));

test('measures a package, all files, and everything that came, each version once', () => {
  const { bytes, ...size } = measurePackage(project, 'plan', join(project, 'plan.tgz'));
  expect(size).toEqual({
    name: 'plan',
    dependencies: ['@opentelemetry/api', 'diff', 'diff', 'tslib'],
    forPeers: 2,
    absentPeers: ['zod'],
  });
  expect(bytes.slice(0, 2)).toEqual([7, 10]);
  expect(bytes[2]).toBeGreaterThan(50);
});

const plan: PackageSize = {
  name: 'plan',
  bytes: [139_400, 709_000, 15_100_000],
  dependencies: Array(8).fill('a'),
  forPeers: 7,
  absentPeers: [],
};
const config: PackageSize = { ...plan, name: 'config', absentPeers: ['zod', 'diff'] };
const empty = '# Sizes\n\n<!-- sizes: written by "pnpm check:clean-room --write" -->\n<!-- end of sizes -->\n\nMore.\n';
const document = replaceSizeTable(empty, [plan, config]);

test('writes the table in place of the one that is there, and nothing else', () => {
  expect(document).toMatchInlineSnapshot(`
    "# Sizes

    <!-- sizes: written by "pnpm check:clean-room --write" -->

    | package | tarball | unpacked | installed, with dependencies | dependencies | of these for peers | optional peers, not installed |
    |---|--:|--:|--:|--:|--:|---|
    | \`@planscope/config\` | 140 kB | 710 kB | 15 MB | 8 | 7 | \`zod\`, \`diff\` |
    | \`@planscope/plan\` | 140 kB | 710 kB | 15 MB | 8 | 7 |  |

    <!-- end of sizes -->

    More.
    "
  `);
  expect(replaceSizeTable(document, [plan])).toBe(replaceSizeTable(empty, [plan]));
  expect(() => replaceSizeTable('# Sizes\n', [plan])).toThrow('docs/install-size.md has no');
});

test('docs/install-size.md lists every package, and nothing else', () => {
  const text = readFileSync(new URL('../../docs/install-size.md', import.meta.url), 'utf8');
  const listed = [...text.matchAll(/^\| `@planscope\/([^`]+)` \|/gm)].map(([, name]) => name);
  const folders = readdirSync(new URL('../../packages', import.meta.url)).sort();
  // Users run the command line with npx; no program depends on it.
  expect(listed).toEqual(folders.filter((name) => name !== 'cli'));
});

describe('checkSizeTable', () => {
  test('takes what it says itself, and sizes that are near', () => {
    expect(() => checkSizeTable(document, plan)).not.toThrow();
    expect(() => checkSizeTable(document, { ...plan, bytes: [139_400, 709_000, 16_600_000] })).not.toThrow();
  });

  test.each<Partial<PackageSize>>([
    { dependencies: [] },
    { forPeers: 6 },
    { bytes: [139_400, 709_000, 19_600_000] },
    { bytes: [139_400, 500_000, 15_100_000] },
    { bytes: [170_000, 709_000, 15_100_000] },
    { bytes: [139_400_000, 709_000, 15_100_000] },
    { absentPeers: ['apache-arrow'] },
    { name: 'engine' },
  ])('refuses what is not so: %o', (change) => {
    expect(() => checkSizeTable(document, { ...plan, ...change })).toThrow(/run "pnpm check:clean-room --write"/);
  });
});
