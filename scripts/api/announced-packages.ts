import readChangesets from '@changesets/read';

/**
 * The packages that pending changesets announce a change of.
 * @param root the folder of the repository
 */
export async function announcedPackages(root: string): Promise<Set<string>> {
  const changesets = await readChangesets(root);
  return new Set(changesets.flatMap(({ releases }) => releases.filter(isRelease).map(({ name }) => name)));
}

function isRelease({ type }: { readonly type: string }): boolean {
  return type !== 'none';
}
