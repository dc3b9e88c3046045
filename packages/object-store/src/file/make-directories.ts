import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a directory and those above it. Unlike a recursive `mkdir`, it throws what really stands in the way. */
export async function makeDirectories(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(directory) === directory) throw error;
    await makeDirectories(dirname(directory));
    await makeOne(directory);
  }
}

/** Another writer may have been faster. */
async function makeOne(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
