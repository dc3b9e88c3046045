/**
 * Rehearses two releases in a row against a registry on loopback: `pnpm rehearse:release`.
 *
 * A copy of the last commit is versioned, built and published; the published packages are installed with npm into an empty
 * project, where a query runs and leaves a trace. Then a fix is made in the copy, released, and taken with `npm update`.
 * Nothing leaves this machine but npm's requests for the packages of others.
 */

import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { readTraceFile } from '../packages/testing/src/index.ts';
import { announcedPackages } from './api/api-problems.ts';
import { leavePnpm } from './clean-room/project.ts';
import { filedSpanChecklist } from './examples/span-checklist.ts';
import { releaseProblems } from './rehearsal/release-problems.ts';
import { startRegistry } from './rehearsal/start-registry.ts';
import { publicPackages } from './release/public-packages.ts';
import { packageChangelogs, releaseNotes } from './release/release-notes.ts';

/** What pnpm packs then asks for no provenance, which npm makes on a hosted runner only; the manifests stay as they are. */
const withoutProvenance = `module.exports = {
  hooks: {
    beforePacking({ publishConfig: { provenance, ...publishConfig }, ...manifest }) {
      return { ...manifest, publishConfig };
    },
  },
};
`;

const root = fileURLToPath(new URL('..', import.meta.url));
const pnpm = leavePnpm(process.env);
const folder = mkdtempSync(join(tmpdir(), 'planscope-rehearsal-'));
const [storage, copy, project] = [join(folder, 'storage'), join(folder, 'copy'), join(folder, 'project')];
for (const made of [storage, copy, project]) mkdirSync(made);
const registry = await startRegistry(join(root, 'node_modules/.cache/planscope-registry'), storage);
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

try {
  const { stdout } = await execa('git', ['status', '--porcelain'], { cwd: root });
  if (stdout !== '') console.log(`left out: changes that are not committed\n${stdout}`);
  console.log('left out: provenance, which npm makes on a hosted runner only; a test holds the workflow to it');
  await makeCopy();
  const first = await release();
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty-project', private: true }));
  writeFileSync(join(project, '.npmrc'), `@planscope:registry=${registry.url}\n`);
  cpSync(new URL('rehearsal/query.mjs', import.meta.url), join(project, 'query.mjs'));
  await use(first, ['install', '@planscope/engine', '@planscope/bootstrap', '@planscope/config']);

  // A fix, with a changeset, as a contributor makes one.
  const fix = 'The README tells of a rehearsed fix.';
  appendFileSync(join(copy, 'packages/config/README.md'), `\n${fix}\n`);
  writeFileSync(join(copy, '.changeset/rehearsed-fix.md'), `---\n"@planscope/config": patch\n---\n\n${fix}\n`);
  const second = await release();
  const [major, minor, patch] = first.split('.');
  assert.equal(second, `${major}.${minor}.${Number(patch) + 1}`, 'a fix makes a patch');
  await use(second, ['update']);
  for (const file of ['README.md', 'CHANGELOG.md']) {
    const installed = readFileSync(join(project, 'node_modules/@planscope/config', file), 'utf8');
    assert(installed.includes(fix), `the fix is not in ${file} after npm update`);
  }
  console.log(`npm update took ${first} to ${second}: the fix is there, the query runs, its trace says ${second}`);
} finally {
  registry.stop();
}

/** A copy of the last commit, which has no remote, and publishes to the registry on loopback. */
async function makeCopy(): Promise<void> {
  await execa('bash', ['-c', 'set -o pipefail; git archive HEAD | tar -x -C "$0"', copy], { cwd: root });
  await execa('git', ['init', '--quiet', '--initial-branch=main'], { cwd: copy });
  await commit('The repository as it stands');
  await inCopy(['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only']);
  // Tools ask for a token before they publish; this registry takes any.
  const settings = [`registry=${registry.url}`, `@planscope:registry=${registry.url}`];
  const token = `//${new URL(registry.url).host}/:_authToken=rehearsal`;
  writeFileSync(join(copy, '.npmrc'), [...settings, token, ''].join('\n'));
  writeFileSync(join(copy, '.pnpmfile.cjs'), withoutProvenance);
}

async function commit(subject: string): Promise<void> {
  await execa('git', ['add', '--all'], { cwd: copy });
  const nobody = ['-c', 'user.name=Rehearsal', '-c', 'user.email=rehearsal@localhost', '-c', 'commit.gpgsign=false'];
  await execa('git', [...nobody, 'commit', '--quiet', '--no-verify', '--message', subject], { cwd: copy });
}

async function inCopy(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<void> {
  // Started in the checkout, where npx finds pnpm in the usual registry. Builds that were made before are shared.
  const shared = { TURBO_CACHE_DIR: join(root, '.turbo/cache'), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  await execa(pnpm.program, [...pnpm.args, '--dir', copy, ...args], { cwd: root, env: { ...shared, ...environment } });
}

/**
 * Makes a release of the copy, the way maintainers make one.
 *
 * @returns its version
 * @throws AssertionError where the registry then has something else
 */
async function release(): Promise<string> {
  const pending = await announcedPackages(copy);
  if (pending.size > 0) await inCopy(['run', 'version-packages']);
  await commit('Version packages');
  // A variable of the pnpm that runs this takes precedence over `.npmrc`.
  await inCopy(['run', 'release', '--unlinted'], { npm_config_registry: registry.url });

  const packages = publicPackages(copy);
  const version = packages[0]?.manifest.version ?? '';
  const published = await Promise.all(
    packageFolders().map(async (kept) => {
      const name = basename(kept);
      const document = JSON.parse(readFileSync(join(kept, 'package.json'), 'utf8'));
      const manifest = document.versions[document['dist-tags'].latest];
      const { stdout } = await execa('tar', ['-tzf', join(kept, `${name}-${manifest.version}.tgz`)]);
      return { ...manifest, files: stdout.split('\n').map((path) => path.replace(/^package\//, '')) };
    }),
  );
  const names = packages.map(({ manifest }) => manifest.name);
  assert.deepEqual(releaseProblems(published, names, version), []);
  const from = pending.size > 0 ? 'from the pending changesets' : 'as it stands';
  const notes = releaseNotes(packageChangelogs(copy)).map((line) => `  ${line}`);
  console.log([`\n${version}, ${from}: ${published.length} packages published`, ...notes].join('\n'));
  return version;
}

/** Where the registry keeps what was published: a folder for each package, those of a scope in its folder. */
function packageFolders(): string[] {
  const scoped = readdirSync(join(storage, '@planscope')).map((name) => join(storage, '@planscope', name));
  return [...scoped, join(storage, 'planscope')];
}

/**
 * Installs the packages into the project, and runs its program.
 *
 * @param args how npm installs them
 * @throws AssertionError for another version, other rows, or a trace with something wrong
 */
async function use(version: string, args: readonly string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--prefer-offline'];
  await execa('npm', [...args, ...quiet], { cwd: project });
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
  const ours = Object.entries<{ version: string }>(packages).filter(([path]) =>
    path.includes('node_modules/@planscope/'),
  );
  assert(ours.length > 0);
  for (const [path, installed] of ours) assert.equal(installed.version, version, path);

  const trace = join(project, 'trace.jsonl');
  rmSync(trace, { force: true });
  const { stdout } = await execa(process.execPath, ['query.mjs'], { cwd: project });
  assert.deepEqual(JSON.parse(stdout), [
    { origin: 'HAM', delay: 10 },
    { origin: 'MUC', delay: 40 },
  ]);
  const spans = readTraceFile(trace);
  assert.deepEqual(filedSpanChecklist(spans), []);
  for (const { name, scope } of spans) {
    assert.equal(`${scope.name.split('/')[0]} ${scope.version}`, `@planscope ${version}`, `scope of ${name}`);
  }
  const names = spans.map(({ name }) => name);
  for (const name of ['planscope.execute', 'analyze_logical_plan', 'DuckDBExec', 'HASH_GROUP_BY', 'READ_CSV']) {
    assert(names.includes(name), `no span ${name} in the trace`);
  }
  assert.equal(spans.filter(({ parentSpanId }) => parentSpanId === undefined).length, 1, 'one trace with one root');
}
