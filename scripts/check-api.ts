/** Fails where api/ is not what the sources give, or where an API changed and no changeset says so: `pnpm check:api`. */
import { fileURLToPath } from 'node:url';
import { apiProblems } from './api/api-problems.ts';

const problems = await apiProblems(fileURLToPath(new URL('..', import.meta.url)));
for (const problem of problems) console.error(`PROBLEM ${problem}`);
if (problems.length > 0) process.exitCode = 1;
else console.log('ok      api/ is what the sources give, and every change since the last release is announced');
