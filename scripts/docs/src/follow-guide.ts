/**
 * Follows docs/getting-started.md word for word in an empty folder, with plain npm: types the commands, saves the files,
 * and compares the screen with what the guide shows. The only thing that is not as for a stranger: npm finds the packages
 * under `@planscope` as they would be published from here.
 *
 * `pnpm check:getting-started`: needs the packages built, and the npm registry for what others made.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { leavePnpm, packPackages, pnpmOf } from '../../clean-room/pack-packages.ts';
import { repository } from './document.ts';
import { guideSteps, Reader } from './guide/guide-steps.ts';
import { startOtlpListener } from './guide/otlp-listener.ts';
import { startPackageRegistry } from './guide/package-registry.ts';

/** Where OTLP is taken by default, and where the guide sends it. */
const OTLP_PORT = 4318;

const guide = 'docs/getting-started.md';
const pnpm = pnpmOf(leavePnpm(process.env));
const folder = mkdtempSync(join(tmpdir(), 'planscope-guide-'));
const packed = await packPackages(join(folder, 'packed'), pnpm);
const registry = await startPackageRegistry(packed.map(({ tarball }) => tarball));
const listener = await startOtlpListener(OTLP_PORT);
if (listener === undefined) {
  console.log(`port ${OTLP_PORT} is taken: whatever listens there gets the spans that the guide sends, uncounted`);
}

try {
  const start = join(folder, 'empty');
  mkdirSync(start);
  const reader = new Reader(start, join(folder, 'whereabouts'), {
    ...process.env,
    npm_config_userconfig: scopedSettings(registry.url),
  });
  for (const step of guideSteps(readFileSync(join(repository, guide), 'utf8'))) {
    const what = step.kind === 'save' ? `save ${step.name}` : step.commands.split('\n').join('; ');
    console.log(`${guide}:${step.line}: ${what}`);
    const screen = await reader.take(step);
    if (step.kind === 'type' && step.shows !== undefined) console.log(screen.trimEnd());
  }
  if (listener?.requests() === 0) throw new Error('no spans came to where a viewer would have listened');
  console.log('The guide leads where it says.');
} finally {
  registry.stop();
  listener?.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** The settings of npm with one more: where `@planscope` is. */
function scopedSettings(url: string): string {
  const usual = process.env.npm_config_userconfig ?? join(homedir(), '.npmrc');
  const path = join(folder, 'npmrc');
  writeFileSync(path, `${existsSync(usual) ? readFileSync(usual, 'utf8') : ''}\n@planscope:registry=${url}\n`);
  return path;
}
