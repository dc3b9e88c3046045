/** Writes the public API of every package and subpath to api/, from the built types: `pnpm api`. */
import { fileURLToPath } from 'node:url';
import { writeReports } from './api/api-reports.ts';
import { readPublicApi } from './api/public-api.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { apis, blemishes } = readPublicApi(root);
writeReports(`${root}api`, apis);
console.log(`${apis.length} entry points written to api/. Read what changed: git diff api`);
for (const blemish of blemishes) console.log(`to mend: ${blemish}`);
