import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changelogSection } from './changelog-section.ts';
import { publicPackages } from './public-packages.ts';

/**
 * What the changelog of each public package says of the version it has, by name of the package.
 * @param root the folder of the repository
 */
export function packageChangelogs(root: string): Map<string, string> {
  return new Map(
    publicPackages(root).map(({ folder, manifest }) => {
      const path = join(folder, 'CHANGELOG.md');
      const changelog = existsSync(path) ? readFileSync(path, 'utf8') : '';
      return [manifest.name, changelogSection(changelog, manifest.version) ?? ''];
    }),
  );
}
