import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { announcedPackages } from '../api/api-problems.ts';
import type { Pnpm } from '../clean-room/pack-packages.ts';
import { runProgram, runSuccessfully } from '../collector/run-program.ts';
import type { LoopbackRegistry } from './loopback-registry.ts';

/** A repository of its own, with one commit and no remote: nothing can be pushed from it. */
export interface ThrowAwayCopy {
  readonly folder: string;
  /** Files that differ from the commit in the checkout, and are therefore not in the copy. */
  readonly uncommitted: readonly string[];
}

/** Copies the last commit of a repository, which may be a shallow clone. */
export async function makeCopy(root: string, folder: string): Promise<ThrowAwayCopy> {
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, '../copy.tar');
  await runSuccessfully('git', ['archive', '--output', archive, 'HEAD'], { folder: root });
  await runSuccessfully('tar', ['-xf', archive, '-C', folder]);
  rmSync(archive);
  await runSuccessfully('git', ['init', '--quiet', '--initial-branch=main'], { folder });
  await commitAll(folder, 'The repository as it stands');
  const { output } = await runProgram('git', ['status', '--porcelain'], { folder: root });
  return { folder, uncommitted: output.split('\n').flatMap((line) => line.slice(3) || []) };
}

/** Commits everything in the copy, as no one in particular. */
async function commitAll(folder: string, subject: string): Promise<void> {
  await runSuccessfully('git', ['add', '--all'], { folder });
  const nobody = ['-c', 'user.name=Rehearsal', '-c', 'user.email=rehearsal@localhost', '-c', 'commit.gpgsign=false'];
  await runSuccessfully('git', [...nobody, 'commit', '--quiet', '--no-verify', '--message', subject], { folder });
}

/** A copy of the repository that releases into a registry on loopback. */
export interface ReleasingCopy {
  readonly folder: string;
  readonly root: string;
  readonly pnpm: Pnpm;
}

/** What pnpm packs then asks for no provenance, which npm makes on a hosted runner only; the manifests stay as they are. */
const withoutProvenance = `module.exports = {
  hooks: {
    beforePacking({ publishConfig: { provenance, ...publishConfig }, ...manifest }) {
      return { ...manifest, publishConfig };
    },
  },
};
`;

/** Installs what the copy needs, then points it, and every tool in it, to the registry on loopback. */
export async function prepareCopy(copy: ReleasingCopy, { url, token }: LoopbackRegistry): Promise<void> {
  await runPnpm(copy, ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only']);
  const host = new URL(url).host;
  writeFileSync(
    join(copy.folder, '.npmrc'),
    `registry=${url}\n@planscope:registry=${url}\n//${host}/:_authToken=${token}\n`,
  );
  writeFileSync(join(copy.folder, '.pnpmfile.cjs'), withoutProvenance);
}

/**
 * Makes a release of the copy, the way maintainers make one.
 * @returns how many packages pending changesets named; none where the version is published as it is
 */
export async function releaseCopy(copy: ReleasingCopy): Promise<number> {
  const { size } = await announcedPackages(copy.folder);
  if (size > 0) await runPnpm(copy, ['run', 'version-packages']);
  await commitAll(copy.folder, 'Version packages');
  await runPnpm(copy, ['run', 'release', '--unlinted']);
  return size;
}

/**
 * Mends a message in the copy, with a changeset, as a contributor would.
 * @throws where the message is not there any more
 */
export function mendCopy({ folder }: ReleasingCopy): {
  readonly before: string;
  readonly after: string;
  readonly told: string;
} {
  const [before, after] = ['; allowed: ', '; right would be: '];
  const told = 'The message of a refused setting says what would be right.';
  const path = join(folder, 'packages/config/src/layers/layer.ts');
  const source = readFileSync(path, 'utf8');
  if (source.split(before).length !== 2)
    throw new Error(`${path} no longer says "${before}" once: choose another fix to rehearse`);
  writeFileSync(path, source.replace(before, after));
  writeFileSync(join(folder, '.changeset/rehearsed-fix.md'), `---\n"@planscope/config": patch\n---\n\n${told}\n`);
  return { before, after, told };
}

async function runPnpm({ folder, root, pnpm }: ReleasingCopy, args: readonly string[]): Promise<void> {
  // Started in the checkout, where npx finds pnpm in the usual registry. Builds that were made before are shared.
  const environment = { TURBO_CACHE_DIR: join(root, '.turbo/cache'), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  await runSuccessfully(pnpm.program, [...pnpm.args, '--dir', folder, ...args], { folder: root, environment });
}
