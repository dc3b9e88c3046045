/**
 * Rehearses two releases in a row against a registry on loopback: `pnpm rehearse:release`.
 *
 * A copy of the last commit is versioned, built and published; the published packages are installed with npm into empty
 * projects, ESM and CommonJS, where a query runs and leaves a trace. Then a fix is made in the copy, released, and taken
 * with `npm update`. Nothing leaves this machine but npm's requests for the packages of others.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leavePnpm, pnpmOf } from './clean-room/pack-packages.ts';
import { installRegistry, startRegistry } from './rehearsal/loopback-registry.ts';
import { rehearse } from './rehearsal/rehearse.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pnpm = pnpmOf(leavePnpm(process.env));
const program = await installRegistry(join(root, 'node_modules/.cache/planscope-registry'));
const folder = mkdtempSync(join(tmpdir(), 'planscope-rehearsal-'));
const registry = await startRegistry(program, folder);

async function leave(): Promise<void> {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leave().finally(() => process.exit(1)));

try {
  await rehearse({ root, folder, registry, pnpm });
} finally {
  await leave();
}
