/**
 * Follows docs/getting-started.md word for word in an empty folder, with plain npm: types the commands, saves the files,
 * and compares the screen with what the guide shows. The only thing that is not as for a stranger: npm finds the packages
 * under `@planscope` as they would be published from here.
 *
 * `pnpm check:getting-started`: needs the packages built, and the npm registry for what others made.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { leavePnpm, packPackages, type Tarballs } from '../../clean-room/project.ts';
import { readBlocks, readDocument } from './document.ts';
import { guideSteps, screenProblem } from './guide-steps.ts';

/** Where OTLP is taken by default, and where the guide sends it. */
const OTLP_PORT = 4318;
const guide = 'docs/getting-started.md';

const pnpm = leavePnpm(process.env);
const folder = mkdtempSync(join(tmpdir(), 'planscope-guide-'));
const registry = await startRegistry(await packPackages(join(folder, 'packed'), pnpm));
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
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  // The usual settings of npm with one more: where `@planscope` is.
  const usual = process.env.npm_config_userconfig ?? join(homedir(), '.npmrc');
  const settings = join(folder, 'npmrc');
  const { port } = registry.address() as AddressInfo;
  const scope = `@planscope:registry=http://127.0.0.1:${port}/`;
  writeFileSync(settings, `${existsSync(usual) ? readFileSync(usual, 'utf8') : ''}\n${scope}\n`);

  const { script, screens } = guideSteps(readBlocks(guide, readDocument(guide)));
  const env = { ...process.env, npm_config_userconfig: settings };
  const { stdout } = await execa('bash', ['-c', script], { cwd: empty, env });
  console.log(stdout);
  assert.equal(screenProblem(screens, stdout), undefined);
  assert(!isListening || requests > 0, 'no spans came to where a viewer would have listened');
  console.log('The guide leads where it says.');
} finally {
  for (const server of [registry, viewer]) server.close().closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
}

/** Serves packed packages as a registry does, for reading. */
async function startRegistry(tarballs: Tarballs): Promise<Server> {
  const answers = new Map<string, Buffer | object>();
  const server = createServer((request, response) => {
    const answer = answers.get(decodeURIComponent(request.url ?? ''));
    if (answer === undefined) response.writeHead(404);
    response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer ?? {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [name, path] of Object.entries(tarballs)) {
    const { stdout } = await execa('tar', ['-xzOf', path, 'package/package.json']);
    const { version, ...manifest } = JSON.parse(stdout);
    const versions = { [version]: { ...manifest, version, dist: { tarball: `${url}/${name}.tgz` } } };
    answers.set(`/${name}`, { name, 'dist-tags': { latest: version }, versions });
    answers.set(`/${name}.tgz`, readFileSync(path));
  }
  return server;
}
