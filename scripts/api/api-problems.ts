import { join } from 'node:path';
import { announcedPackages } from './announced-packages.ts';
import { readReports, reportsByPackage } from './api-reports.ts';
import { findApiProblems } from './find-api-problems.ts';
import { readPublicApi } from './read-public-api.ts';
import { readReleasedApi } from './released-api.ts';

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
