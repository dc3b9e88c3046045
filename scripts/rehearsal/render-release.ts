import { releaseNotes } from '../release/release-notes.ts';
import type { PublishedPackage } from './published-package.ts';

/**
 * A release in words: every package with its size, and what changed.
 * @param changelogs what the changelog of each package says of this version
 */
export function renderRelease(published: readonly PublishedPackage[], changelogs: ReadonlyMap<string, string>): string {
  const packages = published.map(
    ({ name, latest, tarballBytes }) =>
      `  ${name.padEnd(34)} ${latest.padEnd(10)} ${(tarballBytes / 1000).toFixed(1).padStart(8)} kB`,
  );
  const changes = releaseNotes(changelogs).map((line) => `  ${line}`);
  return ['published:', ...packages, 'what changed, as the changelogs say it:', ...changes].join('\n');
}
