/**
 * Packs every package once, and looks at the tarballs with publint and are-the-types-wrong: `pnpm lint:packages`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leavePnpm, packPackages } from './clean-room/project.ts';
import { packageProblems } from './release/package-problems.ts';
import { publicPackages } from './release/public-packages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'planscope-packed-'));
try {
  const tarballs = await packPackages(join(folder, 'tarballs'), leavePnpm(process.env));
  const packages = publicPackages(root);
  let count = 0;
  for (const { manifest } of packages) {
    const tarball = tarballs[manifest.name];
    const isTyped = manifest.bin === undefined;
    const problems = tarball === undefined ? ['it was not packed'] : await packageProblems(tarball, { isTyped });
    for (const problem of problems) console.log(`PROBLEM ${manifest.name}: ${problem}`);
    count += problems.length;
  }
  console.log(`${packages.length} packages as they are published: ${count} problems`);
  process.exitCode = count === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
