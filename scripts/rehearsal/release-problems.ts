/** A version of a package as the registry has it, which is the one that `npm install` takes. */
export interface PublishedPackage
  extends Partial<
    Record<'dependencies' | 'peerDependencies' | 'optionalDependencies', Readonly<Record<string, string>>>
  > {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  /** Programs by name, of a package that is a command and no library. */
  readonly bin?: Readonly<Record<string, string>>;
  /** Paths within the tarball. */
  readonly files: readonly string[];
}

const carried = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
const library = ['dist/index.js', 'dist/index.cjs', 'dist/index.d.ts'];

/**
 * What is wrong with what the registry has; nothing where it is exactly the release.
 *
 * @param names of all public packages
 */
export function releaseProblems(
  published: readonly PublishedPackage[],
  names: readonly string[],
  version: string,
): string[] {
  const found = published.map(({ name }) => name);
  return [
    ...names.filter((name) => !found.includes(name)).map((name) => `${name} was not published`),
    ...found.filter((name) => !names.includes(name)).map((name) => `${name} must not be published`),
    ...published.flatMap((each) => packageProblems(each, version).map((problem) => `${each.name}: ${problem}`)),
  ];
}

function packageProblems({ files, ...manifest }: PublishedPackage, version: string): string[] {
  const ranges = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  const contents =
    manifest.bin === undefined ? library : Object.values(manifest.bin).map((path) => path.replace('./', ''));
  const isWrong = ([name, range]: [string, string]): boolean =>
    /^(workspace|catalog|link|file):/.test(range) || (name.startsWith('@planscope/') && range !== `^${version}`);
  return [
    ...[...carried, ...contents].filter((file) => !files.includes(file)).map((file) => `no ${file} in the tarball`),
    ...files.filter((file) => file.includes('.test.')).map((file) => `a test in the tarball: ${file}`),
    ...(manifest.version === version ? [] : [`the latest version is ${manifest.version}, not ${version}`]),
    ...(manifest.private ? ['is private'] : []),
    ...Object.entries(ranges)
      .filter(isWrong)
      .map(([name, range]) => `needs ${name} ${range}`),
  ];
}
