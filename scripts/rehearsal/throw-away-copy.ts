import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../collector/run-program.ts';
import { succeed } from './succeed.ts';

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
  await succeed('git', ['archive', '--output', archive, 'HEAD'], { folder: root });
  await succeed('tar', ['-xf', archive, '-C', folder]);
  rmSync(archive);
  await succeed('git', ['init', '--quiet', '--initial-branch=main'], { folder });
  await commitAll(folder, 'The repository as it stands');
  const { output } = await runProgram('git', ['status', '--porcelain'], { folder: root });
  return { folder, uncommitted: output.split('\n').flatMap((line) => line.slice(3) || []) };
}

/** Commits everything in the copy, as no one in particular. */
export async function commitAll(folder: string, subject: string): Promise<void> {
  await succeed('git', ['add', '--all'], { folder });
  const nobody = ['-c', 'user.name=Rehearsal', '-c', 'user.email=rehearsal@localhost', '-c', 'commit.gpgsign=false'];
  await succeed('git', [...nobody, 'commit', '--quiet', '--no-verify', '--message', subject], { folder });
}
