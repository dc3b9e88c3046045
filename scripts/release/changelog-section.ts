const quiet = 'No change of its own: released together with the other packages, which share one version.';

/**
 * What a changelog says of one version, without its heading; nothing where the version is not in it.
 * @param changelog the text of a CHANGELOG.md
 */
export function changelogSection(changelog: string, version: string): string | undefined {
  const lines = changelog.split('\n');
  const start = lines.indexOf(`## ${version}`);
  if (start < 0) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '));
  return lines
    .slice(start + 1, length < 0 ? undefined : start + 1 + length)
    .join('\n')
    .trim();
}

/** The changelog with a sentence under this version where there is none: the package only moved along. */
export function explainQuietVersion(changelog: string, version: string): string {
  if (changelogSection(changelog, version) !== '') return changelog;
  const heading = `## ${version}`;
  const lines = changelog.split('\n').flatMap((line) => (line === heading ? [line, '', quiet] : [line]));
  return `${lines.join('\n').trimEnd()}\n`;
}
