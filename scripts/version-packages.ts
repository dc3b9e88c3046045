/**
 * Gives every package its next version: `pnpm version-packages`.
 *
 * Pending changesets become versions and changelogs, and the public API as it is becomes the released one, from which
 * changes are told until the next release. What it writes is committed as one; publishing is `pnpm release`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { readReports, releasedApi } from './api/api-problems.ts';
import { entryPoints } from './api/public-api.ts';
import { publicPackages } from './release/public-packages.ts';
import { explainQuietVersion } from './release/release-notes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = execaSync({ cwd: root, localDir: root, preferLocal: true, stdio: 'inherit' });
run('changeset', ['version']);

const packages = publicPackages(root);
for (const { folder, manifest } of packages) {
  const path = join(folder, 'CHANGELOG.md');
  if (existsSync(path)) writeFileSync(path, explainQuietVersion(readFileSync(path, 'utf8'), manifest.version));
}
// Changesets writes manifests in its own layout.
run('biome', ['format', '--write', '.']);

const texts = readReports(root);
const released = releasedApi(
  new Map(
    packages.map((each) => {
      const reports = entryPoints(each).map(({ report }) => [report, texts.get(report) ?? ''] as const);
      return [each.manifest.name, new Map(reports)];
    }),
  ),
);
writeFileSync(join(root, 'api/released.json'), `${JSON.stringify(released, null, 2)}\n`);
for (const { manifest } of packages) console.log(`${manifest.name} ${manifest.version}`);
