import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import readChangesets from '@changesets/read';
import { createTwoFilesPatch } from 'diff';
import { type Reports, readPublicApi } from './public-api.ts';

/**
 * Everything that keeps the public API, as built, from being merged or released.
 *
 * @param root the folder of the repository
 */
export async function apiProblems(root: string): Promise<string[]> {
  const { reports, blemishes } = readPublicApi(root);
  const path = join(root, 'api/released.json');
  const released: ReleasedApi = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const announced = await announcedPackages(root);
  return [...staleReports(reports, readReports(root)), ...silentChanges(reports, released, announced), ...blemishes];
}

/** The packages that pending changesets announce a change of. */
export async function announcedPackages(root: string): Promise<Set<string>> {
  const releases = (await readChangesets(root)).flatMap((changeset) => changeset.releases);
  return new Set(releases.filter(({ type }) => type !== 'none').map(({ name }) => name));
}

/** The reports in the repository, text by name. */
export function readReports(root: string): Map<string, string> {
  const names = readdirSync(join(root, 'api')).filter((name) => name.endsWith('.api.md'));
  return new Map(names.map((name) => [name, readFileSync(join(root, 'api', name), 'utf8').replaceAll('\r\n', '\n')]));
}

/** The hash of every report as last released: by package, then by report. */
export type ReleasedApi = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What `api/released.json` keeps of reports once they are released. */
export function releasedApi(reports: Reports): ReleasedApi {
  const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
  const hashes = [...reports].map(([name, texts]) => [name, [...texts].map(([report, text]) => [report, hash(text)])]);
  return Object.fromEntries(hashes.map(([name, each]) => [name, Object.fromEntries(each as [string, string][])]));
}

/**
 * Reports that are not what the sources give.
 *
 * @param current what the sources give
 * @param committed the reports in the repository, whichever package they are of
 */
export function staleReports(current: Reports, committed: ReadonlyMap<string, string>): string[] {
  const known = [...current].flatMap(([name, reports]) => [...reports].map((report) => [name, ...report] as const));
  const stale = known.filter(([, report, text]) => committed.get(report) !== text);
  const left = [...committed.keys()].filter((report) => !known.some(([, name]) => name === report));
  return [
    ...stale.map(([name, report, text]) => {
      const [file, before] = [`api/${report}`, committed.get(report) ?? ''];
      return `${name}: ${file} is not what the sources give. Run \`pnpm api\`, read the change as its users will, and commit it with a changeset (\`pnpm changeset\`).\n${createTwoFilesPatch(file, file, before, text, 'committed', 'sources')}`;
    }),
    ...left.map((report) => `api/${report} is of no entry point. Run \`pnpm api\`, which removes it.`),
  ];
}

/**
 * Packages whose reports are not those last released, though no pending changeset names the package, so that its users
 * would not read of the change.
 */
export function silentChanges(current: Reports, released: ReleasedApi, announced: ReadonlySet<string>): string[] {
  return Object.entries(releasedApi(current)).flatMap(([name, now]) => {
    const before = released[name] ?? {};
    const changed = Object.keys({ ...before, ...now }).filter((report) => before[report] !== now[report]);
    if (changed.length === 0 || announced.has(name)) return [];
    return `${name}: ${changed.map((report) => `api/${report}`).join(', ')} changed since the last release, and no pending changeset names the package. Tell its users what changes: \`pnpm changeset\`.`;
  });
}
