/**
 * Reads the public API of every package and subpath from the built types. `pnpm api` writes it to api/. `pnpm check:api`
 * fails if api/ is not what the sources give, or if an API changed and no changeset says so.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiProblems, readReports } from './api/api-problems.ts';
import { readPublicApi } from './api/public-api.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
if (process.argv.includes('--check')) {
  const problems = await apiProblems(root);
  for (const problem of problems) console.error(`PROBLEM ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log('ok      api/ is what the sources give, and every change since the last release is announced');
} else {
  const { reports, blemishes } = readPublicApi(root);
  for (const name of readReports(root).keys()) rmSync(join(root, 'api', name));
  const texts = [...reports.values()].flatMap((ofPackage) => [...ofPackage]);
  for (const [name, text] of texts) writeFileSync(join(root, 'api', name), text);
  console.log(`${texts.length} entry points written to api/. Read what changed: git diff api`);
  for (const blemish of blemishes) console.log(`to mend: ${blemish}`);
}
