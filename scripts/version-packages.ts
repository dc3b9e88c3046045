/**
 * Gives every package its next version: `pnpm version-packages`.
 *
 * Pending changesets become versions and changelogs, and the public API as it is becomes the released one, from which
 * changes are told until the next release. What it writes is committed as one; publishing is `pnpm release`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readReports, releasedApi, writeReleasedApi } from './api/api-reports.ts';
import { entryPoints } from './api/public-api.ts';
import { publicPackages } from './release/public-packages.ts';
import { explainQuietVersion } from './release/release-notes.ts';
import { runTool } from './release/run-tool.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
runTool(root, '@changesets/cli', 'changeset', ['version']);

const packages = publicPackages(root);
for (const { folder, manifest } of packages) {
  const path = join(folder, 'CHANGELOG.md');
  if (existsSync(path)) writeFileSync(path, explainQuietVersion(readFileSync(path, 'utf8'), manifest.version));
}
// Changesets writes manifests in its own layout.
runTool(root, '@biomejs/biome', 'biome', ['format', '--write', '.']);

const reports = readReports(join(root, 'api'));
const ofPackage = (names: readonly string[]): Map<string, string> =>
  new Map([...reports].filter(([name]) => names.includes(name)));
writeReleasedApi(
  join(root, 'api/released.json'),
  releasedApi(
    new Map(packages.map((each) => [each.manifest.name, ofPackage(entryPoints(each).map(({ report }) => report))])),
  ),
);
for (const { manifest } of packages) console.log(`${manifest.name} ${manifest.version}`);
