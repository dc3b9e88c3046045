import { join } from 'node:path';
import readChangesets from '@changesets/read';
import { createTwoFilesPatch } from 'diff';
import {
  hashReport,
  type PackageReports,
  type ReleasedApi,
  readReleasedApi,
  readReports,
  reportsByPackage,
} from './api-reports.ts';
import { readPublicApi } from './public-api.ts';

/**
 * Everything that keeps the public API, as built, from being merged or released.
 * @param root the folder of the repository
 */
export async function apiProblems(root: string): Promise<string[]> {
  const { apis, blemishes } = readPublicApi(root);
  const problems = findApiProblems({
    current: reportsByPackage(apis),
    committed: readReports(join(root, 'api')),
    released: readReleasedApi(join(root, 'api/released.json')),
    announced: await announcedPackages(root),
  });
  return [...problems, ...blemishes];
}

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

/** What is known of the public API of every package. */
export interface ApiState {
  /** What the sources give, by package. */
  readonly current: ReadonlyMap<string, PackageReports>;
  /** The reports in the repository, whichever package they are of. */
  readonly committed: PackageReports;
  readonly released: ReleasedApi;
  /** Packages that a pending changeset names. */
  readonly announced: ReadonlySet<string>;
}

/**
 * Why the public API of the sources may not be merged as it is; nothing where it may.
 *
 * A report must be what the sources give, and a package whose reports are not those last released must be named by a
 * pending changeset, so that its users read of the change.
 */
export function findApiProblems(state: ApiState): string[] {
  return [...findStaleReports(state), ...findSilentChanges(state)];
}

function findStaleReports({ current, committed }: ApiState): string[] {
  const known = new Set<string>();
  const problems: string[] = [];
  for (const [name, reports] of current) {
    for (const [report, text] of reports) {
      known.add(report);
      const before = committed.get(report) ?? '';
      if (before === text) continue;
      const patch = createTwoFilesPatch(`api/${report}`, `api/${report}`, before, text, 'committed', 'sources');
      problems.push(
        `${name}: api/${report} is not what the sources give. Run \`pnpm api\`, read the change as its users will, and commit it with a changeset (\`pnpm changeset\`).\n${patch}`,
      );
    }
  }
  for (const report of committed.keys()) {
    if (!known.has(report)) problems.push(`api/${report} is of no entry point. Run \`pnpm api\`, which removes it.`);
  }
  return problems;
}

function findSilentChanges({ current, released, announced }: ApiState): string[] {
  return [...current].flatMap(([name, reports]) => {
    if (announced.has(name)) return [];
    const before = released[name] ?? {};
    const now = new Map([...reports].map(([report, text]) => [report, hashReport(text)]));
    const changed = [...new Set([...Object.keys(before), ...now.keys()])].filter(
      (report) => before[report] !== now.get(report),
    );
    if (changed.length === 0) return [];
    return `${name}: ${changed.map((report) => `api/${report}`).join(', ')} changed since the last release, and no pending changeset names the package. Tell its users what changes: \`pnpm changeset\`.`;
  });
}
