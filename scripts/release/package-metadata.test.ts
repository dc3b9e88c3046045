import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { publicPackages } from './public-packages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = 'https://github.com/planscope/planscope';
const packages = publicPackages(root);

test('every folder of packages is published, and nothing else of the workspace', () => {
  expect(packages.map(({ folderName }) => folderName).sort()).toEqual(readdirSync(join(root, 'packages')).sort());
  for (const folder of ['.', 'bench', 'internal', 'schema', ...below('apps'), ...below('examples')]) {
    const path = join(root, folder, 'package.json');
    if (existsSync(path)) expect(JSON.parse(readFileSync(path, 'utf8')), path).toHaveProperty('private', true);
  }
});

test('all packages have one version', () => {
  expect(new Set(packages.map(({ manifest }) => manifest.version)).size).toBe(1);
});

test('the licence that every tarball takes from the root is the one the manifests name', () => {
  expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toContain(
    'Apache License\n                           Version 2.0',
  );
});

describe.each(packages)('$manifest.name', ({ folderName, folder, manifest }) => {
  test('says what it is, whose it is and where it comes from', () => {
    expect(manifest).toMatchObject({
      name: folderName === 'cli' ? 'planscope' : `@planscope/${folderName}`,
      description: expect.stringMatching(/^[A-Z].{20,}[^.]$/),
      homepage: `${home}/tree/main/packages/${folderName}#readme`,
      bugs: `${home}/issues`,
      repository: { type: 'git', url: `git+${home}.git`, directory: `packages/${folderName}` },
      license: 'Apache-2.0',
      author: 'The Planscope authors',
      engines: { node: '>=20.19' },
    });
    const keywords = manifest.keywords as string[];
    expect(keywords).toEqual(expect.arrayContaining(['opentelemetry', 'tracing', 'query-plan']));
    expect(new Set(keywords).size).toBe(keywords.length);
    expect(keywords.length).toBeGreaterThan(6);
  });

  test('is published for everyone, with provenance, a changelog and a page of its own', () => {
    expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'CHANGELOG.md', '!src/**/*.test.ts']));
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`# ${manifest.name}`);
  });

  test('needs other packages of ours as dependencies, and never as peers', () => {
    // At 0.x, a minor version of a peer makes the next version of its dependent 1.0.0.
    expect(Object.keys((manifest.peerDependencies as object) ?? {}).filter(isOurs)).toEqual([]);
    const ours = Object.entries(manifest.dependencies ?? {}).filter(([name]) => isOurs(name));
    for (const [name, range] of ours) expect(range, name).toBe('workspace:^');
  });
});

function isOurs(name: string): boolean {
  return name.startsWith('@planscope/');
}

function below(folder: string): string[] {
  const path = join(root, folder);
  return existsSync(path) ? readdirSync(path).map((name) => join(folder, name)) : [];
}
