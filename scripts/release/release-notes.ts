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
