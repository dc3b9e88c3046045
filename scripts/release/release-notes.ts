import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages } from './public-packages.ts';

const quiet = 'No change of its own: released together with the other packages, which share one version.';

/**
 * What a changelog says of one version, without its heading; nothing where the version is not in it.
 * @param changelog the text of a CHANGELOG.md
 */
export function changelogSection(changelog: string, version: string): string | undefined {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((each) => each.startsWith(`${version}\n`));
  return section?.slice(version.length).trim();
}

/** The changelog with a sentence under this version where there is none: the package only moved along. */
export function explainQuietVersion(changelog: string, version: string): string {
  if (changelogSection(changelog, version) !== '') return changelog;
  const heading = `## ${version}`;
  const lines = changelog.split('\n').flatMap((line) => (line === heading ? [line, '', quiet] : [line]));
  return `${lines.join('\n').trimEnd()}\n`;
}

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

/**
 * What a release is told as: every sentence of its changelogs once, with the packages that say it.
 * @param changelogs what the changelog of each package says of the release, by name of the package
 */
export function releaseNotes(changelogs: ReadonlyMap<string, string>): string[] {
  const packages = new Map<string, string[]>();
  for (const [name, changelog] of changelogs) {
    const lines = changelog.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines) packages.set(line, [...(packages.get(line) ?? []), name.replace('@planscope/', '')]);
  }
  return [...packages].map(
    ([line, names]) => `${line} (${names.length === changelogs.size ? 'all packages' : names.join(', ')})`,
  );
}
