/**
 * Reads the public API of every package and subpath from the built types. `pnpm api` writes it to api/. `pnpm check:api`
 * fails if api/ is not what the sources give, or if an API changed and no changeset says so.
 */
import { fileURLToPath } from 'node:url';
import { apiProblems } from './api/api-problems.ts';
import { writeReports } from './api/api-reports.ts';
import { readPublicApi } from './api/public-api.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
if (process.argv.includes('--check')) {
  const problems = await apiProblems(root);
  for (const problem of problems) console.error(`PROBLEM ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log('ok      api/ is what the sources give, and every change since the last release is announced');
} else {
  const { apis, blemishes } = readPublicApi(root);
  writeReports(`${root}api`, apis);
  console.log(`${apis.length} entry points written to api/. Read what changed: git diff api`);
  for (const blemish of blemishes) console.log(`to mend: ${blemish}`);
}
