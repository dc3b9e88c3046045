import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileCall } from './file-error.ts';
import { placeFile, StagedFile, type WriteTarget } from './staged-file.ts';

/**
 * Moves a file in one step; between two file systems, by a copy that takes the target's place in one step.
 *
 * @throws ObjectStoreError
 */
export async function moveFile(source: WriteTarget, target: WriteTarget, mode: 'overwrite' | 'create'): Promise<void> {
  try {
    await fileCall(target, () => mkdir(dirname(target.file), { recursive: true }));
    await placeFile(source.file, target, mode);
  } catch (error) {
    if (!isOtherDevice(error)) throw error;
    const staged = await StagedFile.copyOf(source.file, target);
    try {
      await staged.commit(mode);
    } finally {
      await staged.discard();
    }
    await fileCall(source, () => rm(source.file));
  }
}

function isOtherDevice(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'EXDEV';
}
