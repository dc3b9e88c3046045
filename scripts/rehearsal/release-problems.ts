import type { PublishedPackage } from './loopback-registry.ts';

/** What must have been published. */
export interface ExpectedRelease {
  /** Names of all public packages. */
  readonly names: readonly string[];
  readonly version: string;
}

const carried = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'dist/index.js',
  'dist/index.cjs',
  'dist/index.d.ts',
];

/** What is wrong with what the registry has; nothing where it is exactly the release. */
export function releaseProblems(published: readonly PublishedPackage[], { names, version }: ExpectedRelease): string[] {
  const found = new Set(published.map(({ name }) => name));
  const missing = names.filter((name) => !found.has(name)).map((name) => `${name} was not published`);
  const surplus = [...found].filter((name) => !names.includes(name)).map((name) => `${name} must not be published`);
  return [...missing, ...surplus, ...published.flatMap((each) => packageProblems(each, version))];
}

function packageProblems({ name, latest, manifest, files }: PublishedPackage, version: string): string[] {
  const problems = carried.filter((file) => !files.includes(file)).map((file) => `${name}: no ${file} in the tarball`);
  const tests = files.filter((file) => file.includes('.test.'));
  if (tests.length > 0) problems.push(`${name}: tests in the tarball: ${tests.join(', ')}`);
  if (latest !== version) problems.push(`${name}: the latest version is ${latest}, not ${version}`);
  if (manifest.private) problems.push(`${name}: is private`);
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  for (const [other, range] of [dependencies, peerDependencies, optionalDependencies].flatMap((each) =>
    Object.entries(each ?? {}),
  )) {
    if (/^(workspace|catalog|link|file):/.test(range)) problems.push(`${name}: needs ${other} ${range}`);
    else if (other.startsWith('@planscope/') && range !== `^${version}`) {
      problems.push(`${name}: needs ${other} ${range}, not ^${version}`);
    }
  }
  return problems;
}
