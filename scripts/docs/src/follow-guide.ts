/**
 * Follows the guides of guides.ts word for word, each in an empty folder, with plain npm: types the commands, saves the
 * files, and compares the screen with what the guide shows. The only thing that is not as for a stranger: npm finds the
 * packages under `@planscope` as they would be published from here.
 *
 * `pnpm check:guides [document]`: needs the packages built, and the npm registry for what others made.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { leavePnpm, packPackages } from '../../clean-room/project.ts';
import { startRegistry } from '../../rehearsal/start-registry.ts';
import { readBlocks, readDocument, repository } from './document.ts';
import { guideSteps, screenProblem } from './guide-steps.ts';
import { GUIDES, type Guide } from './guides.ts';

/** Where OTLP is taken by default, and where a guide sends it. */
const OTLP_PORT = 4318;

const pnpm = leavePnpm(process.env);
const folder = mkdtempSync(join(tmpdir(), 'planscope-guide-'));
const cache = join(repository, 'node_modules/.cache/planscope-registry');
const registry = await startRegistry(cache, join(folder, 'storage'));
let requests = 0;
const viewer = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/v1/traces') requests += 1;
  request.resume().on('end', () => response.setHeader('content-type', 'application/x-protobuf').end());
});
try {
  const isListening = await once(viewer.listen(OTLP_PORT, '127.0.0.1'), 'listening').then(
    () => true,
    () => false,
  );
  if (!isListening) console.log(`port ${OTLP_PORT} is taken: what listens there gets the guide's spans, uncounted`);
  // The usual settings of npm with one more: where `@planscope` is.
  const usual = process.env.npm_config_userconfig ?? join(homedir(), '.npmrc');
  const settings = join(folder, 'npmrc');
  const ours = [`@planscope:registry=${registry.url}`, `//${new URL(registry.url).host}/:_authToken=guide`];
  writeFileSync(settings, [existsSync(usual) ? readFileSync(usual, 'utf8') : '', ...ours, ''].join('\n'));
  const env = { npm_config_userconfig: settings };
  for (const tarball of Object.values(await packPackages(join(folder, 'packed'), pnpm)))
    await execa('npm', ['publish', tarball, '--registry', registry.url, '--no-provenance', '--ignore-scripts'], {
      env,
    });

  const [only] = process.argv.slice(2);
  for (const guide of GUIDES) if (only === undefined || only === guide.document) await follow(guide, env);
  assert(only !== undefined || !isListening || requests > 0, 'no spans came to where a viewer would have listened');
} finally {
  viewer.close().closeAllConnections();
  registry.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function follow({ document, until, prepare }: Guide, env: Readonly<Record<string, string>>): Promise<void> {
  console.log(`\n${document}`);
  const home = mkdtempSync(join(folder, 'home-'));
  const empty = mkdtempSync(join(folder, 'empty-'));
  const prepared = prepare === undefined ? undefined : await prepare(home);
  if (prepare !== undefined && prepared === undefined) return;
  try {
    const text = readDocument(document);
    const [steps = ''] = until === undefined ? [text] : text.split(`\n${until}\n`);
    assert(until === undefined || steps.length < text.length, `${document} has no heading "${until}"`);
    const { script, screens } = guideSteps(readBlocks(document, steps), prepared?.extra);
    const { stdout } = await execa('bash', ['-c', script], { cwd: empty, env: { ...env, ...prepared?.environment } });
    console.log(stdout);
    assert.equal(screenProblem(screens, stdout), undefined);
    console.log('The guide leads where it says.');
  } finally {
    await prepared?.stop();
  }
}
