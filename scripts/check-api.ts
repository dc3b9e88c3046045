/** Fails where api/ is not what the sources give, or where an API changed and no changeset says so: `pnpm check:api`. */
import { fileURLToPath } from 'node:url';
import { announcedPackages } from './api/announced-packages.ts';
import { readReports, reportsByPackage } from './api/api-reports.ts';
import { findApiProblems } from './api/find-api-problems.ts';
import { readPublicApi } from './api/read-public-api.ts';
import { readReleasedApi } from './api/released-api.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { apis, blemishes } = readPublicApi(root);
const problems = findApiProblems({
  current: reportsByPackage(apis),
  committed: readReports(`${root}api`),
  released: readReleasedApi(`${root}api/released.json`),
  announced: await announcedPackages(root),
});
for (const problem of [...problems, ...blemishes]) console.error(`PROBLEM ${problem}`);
if (problems.length + blemishes.length > 0) process.exitCode = 1;
else
  console.log(
    `ok      ${apis.length} entry points are what api/ says, and every change since the last release is announced`,
  );
